//! What `cargo metadata` says of the workspace, as far as the checks read it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde_json::Value;

pub(crate) struct Metadata {
    pub(crate) root: PathBuf,
    pub(crate) target: PathBuf,
    pub(crate) packages: Vec<Package>,
}

pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    pub(crate) manifest: PathBuf,
    pub(crate) member: bool,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) targets: Vec<Target>,
}

pub(crate) struct Dependency {
    pub(crate) name: String,
    pub(crate) dev: bool,
    /// The folder of a dependency inside the workspace.
    pub(crate) path: Option<PathBuf>,
}

pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// Whether `cargo test` builds a test binary of it.
    pub(crate) tested: bool,
}

impl Metadata {
    pub(crate) fn read(command: &mut Command) -> Result<Self> {
        Self::parse(&crate::command::output(command)?)
    }

    pub(crate) fn parse(text: &str) -> Result<Self> {
        let json: Value = serde_json::from_str(text)?;
        let members: Vec<&str> = list(&json, "workspace_members").filter_map(Value::as_str).collect();
        let packages = list(&json, "packages").map(|package| parse_package(package, &members));
        Ok(Self {
            root: string(&json, "workspace_root")?.into(),
            target: string(&json, "target_directory")?.into(),
            packages: packages.collect::<Result<_>>()?,
        })
    }

    pub(crate) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.member)
    }

    /// The folder below the root that holds a path: `crates`, `apps`, `xtask`.
    pub(crate) fn group<'a>(&self, path: &'a Path) -> Option<&'a str> {
        path.strip_prefix(&self.root).ok()?.components().next()?.as_os_str().to_str()
    }
}

impl Package {
    pub(crate) fn folder(&self) -> &Path {
        self.manifest.parent().unwrap_or(&self.manifest)
    }
}

fn parse_package(json: &Value, members: &[&str]) -> Result<Package> {
    Ok(Package {
        name: string(json, "name")?,
        version: string(json, "version")?,
        licence: json["license"].as_str().map(str::to_owned),
        manifest: string(json, "manifest_path")?.into(),
        member: members.contains(&string(json, "id")?.as_str()),
        dependencies: list(json, "dependencies").map(parse_dependency).collect::<Result<_>>()?,
        targets: list(json, "targets").map(parse_target).collect::<Result<_>>()?,
    })
}

fn parse_dependency(json: &Value) -> Result<Dependency> {
    Ok(Dependency {
        name: string(json, "name")?,
        dev: json["kind"] == "dev",
        path: json["path"].as_str().map(PathBuf::from),
    })
}

fn parse_target(json: &Value) -> Result<Target> {
    Ok(Target {
        name: string(json, "name")?,
        kind: json["kind"][0].as_str().unwrap_or_default().to_owned(),
        tested: json["test"] == true,
    })
}

fn string(json: &Value, key: &'static str) -> Result<String> {
    Ok(json[key].as_str().with_context(|| format!("cargo metadata without `{key}`"))?.to_owned())
}

fn list<'a>(json: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    json[key].as_array().into_iter().flatten()
}
