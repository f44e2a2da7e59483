-- What somebody at the desk said of a finding: that it is accepted, or that it is there although no detector saw it. Both are
-- kept in one way. A row stays until its document leaves the case.
ALTER TABLE waivers RENAME TO rulings;
ALTER TABLE rulings ADD COLUMN kind TEXT NOT NULL DEFAULT 'waived' CHECK (kind IN ('waived', 'flagged'));
DROP INDEX waivers_of_case;
DROP INDEX waivers_of_entry;
CREATE INDEX rulings_of_case ON rulings (case_id);
CREATE INDEX rulings_of_entry ON rulings (entry) WHERE entry IS NOT NULL;
