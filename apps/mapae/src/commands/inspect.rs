//! `mapae inspect`: what a file holds, as a tree. Nothing is verified, and the tree says so.

use anyhow::Context as _;
use mapae_inspect::{Node, Place};
use serde_json::{Map, Value, json};

use crate::{
    cli::InspectArgs,
    failure::{Failure, Outcome},
    files,
    output::Output,
};

/// Shows a file.
pub(crate) fn run(args: &InspectArgs, output: &Output) -> Outcome<()> {
    let bytes = files::read(&args.file).map_err(Failure::Usage)?;
    let file = args.file.display().to_string();
    let root = mapae_inspect::inspect(&bytes).with_context(|| file.clone())?;
    let document = json!({ "file": file, "verified": false, "tree": to_json(&root) });
    output.answer(&document, || format!("{}\n(nothing here was verified)", to_text(&root)));
    Ok(())
}

/// What a reader of the tree looks for: all but salts and signatures of JWTs.
fn shown(node: &Node) -> impl Iterator<Item = &Node> {
    node.children().iter().filter(|child| !child.is_detail())
}

/// One line for each node, indented.
fn to_text(root: &Node) -> String {
    let mut text = String::new();
    write(root, &mut text, 0);
    text
}

fn write(node: &Node, text: &mut String, depth: usize) {
    text.push_str(&"  ".repeat(depth));
    text.push_str(node.label());
    if let Some(value) = node.value() {
        text.push_str(": ");
        text.push_str(value);
    }
    text.push('\n');
    shown(node).for_each(|child| write(child, text, depth + 1));
}

fn to_json(node: &Node) -> Value {
    let mut document = Map::new();
    document.insert("name".to_owned(), json!(node.label()));
    if let Some(value) = node.value() {
        document.insert("value".to_owned(), json!(value));
    }
    if let Some(place) = node.place().map(Place::item) {
        document.insert("offset".to_owned(), json!(place.start));
        document.insert("length".to_owned(), json!(place.len()));
    }
    let children: Vec<Value> = shown(node).map(to_json).collect();
    if !children.is_empty() {
        document.insert("children".to_owned(), children.into());
    }
    Value::Object(document)
}
