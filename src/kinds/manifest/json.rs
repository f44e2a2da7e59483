//! Slide manifests in JSON: a list of objects, alone or under a name.

use super::{
    fields,
    table::{COLUMNS_MAX, Table},
};
use serde_json::{Map, Value};

/// Bytes of JSON that is read as a tree, which takes some ten times its source in memory.
pub(super) const BYTES_MAX: usize = 16 << 20;

/// Objects within objects that a list is looked for in.
const DEPTH_MAX: u32 = 3;

/// Does the head of a JSON document look like a manifest? A list whose objects have a manifest's keys, or one that is
/// named after slides and names slide files.
pub(super) fn looks_like(head: &str) -> bool {
    if !head.trim_start().starts_with(['{', '[']) {
        return false;
    }
    let strings: Vec<&str> = head.split('"').skip(1).step_by(2).take(200).collect();
    let keys = head.split('"').zip(head.split('"').skip(1)).skip(1).step_by(2);
    let keyed = keys.filter(|(_, after)| after.trim_start().starts_with(':')).map(|(key, _)| key);
    let slide_files = strings.iter().filter(|text| super::rows::names_slide(text)).count();
    let list = head.contains("\"slides\"") || head.contains("\"images\"");
    fields::is_manifest(keyed) || (list && slide_files > 0)
}

/// Reads the longest list of objects that have a manifest's keys. A document that is cut short or has no such list
/// gives an empty table with that flaw.
pub(super) fn read(text: &str, rows_max: u64) -> Table {
    let mut table = Table::default();
    if text.len() > BYTES_MAX {
        table.flaws.push(format!("{} bytes of JSON, {BYTES_MAX} are read", text.len()));
        return table;
    }
    let value: Value = match serde_json::from_str(text.trim_start_matches('\u{FEFF}')) {
        Ok(value) => value,
        Err(error) => {
            table.flaws.push(format!(
                "the JSON breaks off or is wrong at line {}, column {}",
                error.line(),
                error.column()
            ));
            return table;
        }
    };
    let mut best: Vec<&Map<String, Value>> = Vec::new();
    find(&value, DEPTH_MAX, &mut best);
    if best.is_empty() {
        table.flaws.push("no list of slides with named fields".to_owned());
    }
    for (index, object) in best.into_iter().enumerate() {
        if index as u64 >= rows_max {
            table.flaws.push(format!("only the first {rows_max} rows are read"));
            break;
        }
        take(&mut table, index, object);
    }
    table
}

fn take(table: &mut Table, index: usize, object: &Map<String, Value>) {
    let mut row = vec![String::new(); table.header.len()];
    for (key, value) in object {
        let known = table.header.iter().position(|heading| heading == key);
        if known.is_none() && table.header.len() >= COLUMNS_MAX {
            continue;
        }
        let place = known.unwrap_or_else(|| {
            table.header.push(key.clone());
            table.header.len() - 1
        });
        if place >= row.len() {
            row.resize(place + 1, String::new());
        }
        row[place] = written(value);
    }
    table.rows.push((u32::try_from(index + 1).unwrap_or(u32::MAX), row));
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
    }
}

fn find<'a>(value: &'a Value, depth: u32, best: &mut Vec<&'a Map<String, Value>>) {
    match value {
        Value::Array(items) => {
            let objects: Vec<_> = items.iter().filter_map(Value::as_object).collect();
            let manifest = objects.iter().take(10).any(|o| fields::is_manifest(o.keys().map(String::as_str)));
            if manifest && objects.len() > best.len() {
                *best = objects;
            }
        }
        Value::Object(members) if depth > 0 => members.values().for_each(|member| find(member, depth - 1, best)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Proves that lists are found under a name, with numbers as written and keys in any order.
    #[test]
    fn lists_under_a_name() {
        let text = r#"{"case":"S1","slides":[{"slide_id":"A","bytes":12,"file":"a.svs"},{"file":"b.svs","slide_id":"B","mpp":0.25}]}"#;
        assert!(looks_like(text));
        let table = read(text, 10);
        assert_eq!(table.flaws, Vec::<String>::new());
        assert_eq!(table.rows.len(), 2);
        let mpp = table.header.iter().position(|heading| heading == "mpp").unwrap();
        assert_eq!(table.rows[1].1[mpp], "0.25");
    }

    /// Proves that JSON that is cut short is recognised and says where it breaks off.
    #[test]
    fn cut_short() {
        let text = r#"{"slides": [["A", "S1", "../a.svs", "H&E"], ["B"#;
        assert!(looks_like(text));
        assert_eq!(read(text, 10).flaws.len(), 1);
    }

    /// Proves that other JSON is not taken for a manifest.
    #[test]
    fn other_json() {
        assert!(!looks_like(r#"{"resourceType":"Patient","name":[{"family":"Ash"}]}"#));
        assert!(!looks_like("[1,2,3]"));
        assert!(!looks_like("slides are in the post"));
    }
}
