# Casegate's commands. `make demo` and `make test` are all a fresh machine needs (Debian 12 and a Rust toolchain).
.DEFAULT_GOAL := help
.PHONY: help demo test lint docs bench
PHASE := deploy/phase.sh
# Clippy notes CLIPPY_ARGS among what a crate depends on, so Cargo itself has to see it, or all is stale at every call.
LINTED := env CLIPPY_ARGS=-Dwarnings__CLIPPY_HACKERY__ RUSTC_WORKSPACE_WRAPPER=$(CURDIR)/deploy/rustc-lint.sh cargo

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Build, take a sample family's upload into a new case, show what was found, and serve until Ctrl-C
	@deploy/install-deps.sh
	@deploy/demo.sh

# A change is judged by what it changed: property tests draw the same cases each time, unless told another seed, as the
# tests with a seed of their own do. Without make, each `cargo nextest run` draws others.
test: export PROPTEST_RNG_SEED ?= 20260105
# Lints, documentation and tests share one build: deploy/rustc-lint.sh stands between Cargo and rustc for our own crate,
# so that no dependency is compiled twice. What is unchanged is not looked at again, which is sound: it passed.
test: ## Check form, lints and documentation, and run every test
	@$(PHASE) "tools" deploy/install-deps.sh --tests
	@$(PHASE) "form" cargo fmt --check
	@$(PHASE) "build, lints and documentation" $(LINTED) nextest run --locked --no-run
	@$(PHASE) "tests" $(LINTED) nextest run --locked --no-fail-fast
	@$(PHASE) "benches build and pass the lints" $(LINTED) build --locked --benches
	@$(PHASE) "dependencies" deploy/deny.sh
	@$(PHASE) --sum

lint: ## The lints alone, by the ordinary route (compiles the dependencies' interfaces once more)
	cargo clippy --locked --all-targets -- -D warnings

docs: ## The documentation of the code, in target/doc
	RUSTDOCFLAGS="-Dwarnings -Arustdoc::private-intra-doc-links" cargo doc --locked --no-deps --document-private-items

bench: ## What benches/ measures; figures and how they were taken stand in benches/RESULTS.md
	cargo bench --locked
