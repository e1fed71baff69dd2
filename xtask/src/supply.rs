//! Checks the licences, the sources and the versions of the dependencies, with the rules in `deny.toml`.
//!
//! `cargo deny check` reads the same file. This command also checks for yanked versions and for advisories, which are
//! not known without the network.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context as _, ensure};
use cargo_metadata::{
    CargoOpt, DependencyKind, Metadata, MetadataCommand,
    semver::{Version, VersionReq},
};
use serde::Deserialize;
use spdx::{Expression, Licensee, ParseMode};

use crate::{layers::reached, published::published, target::xtask};

/// The separate workspaces, whose lock files are checked too.
const OTHER_WORKSPACES: [&str; 2] = ["bench", "fuzz"];

/// The parts of `deny.toml` that are checked here.
#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
    sources: Sources,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    skip: Vec<Skip>,
}

/// A version of a crate that does not count as a duplicate of another version.
#[derive(Deserialize)]
struct Skip {
    /// Name and version requirement, such as `syn@2`.
    #[serde(rename = "crate")]
    spec: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Sources {
    allow_registry: Vec<String>,
}

/// A lock file. Packages of the workspace have no source.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: Version,
    source: Option<String>,
}

/// Fails if a dependency breaks a rule. The dependencies of all features and all platforms are checked.
pub(crate) fn run() -> anyhow::Result<()> {
    let top = xtask().parent().context("xtask is in the workspace")?;
    let rules = Rules::read(&fs::read_to_string(top.join("deny.toml"))?).context("deny.toml")?;
    let metadata = MetadataCommand::new().features(CargoOpt::AllFeatures).exec()?;
    let mut wrong = BTreeSet::new();
    for package in &metadata.packages {
        let name = format!("{} {}", package.name, package.version);
        let source = package.source.as_ref().map(|source| source.repr.as_str());
        let is_ours = source.is_none() && package.manifest_path.starts_with(top);
        if !is_ours {
            wrong.extend(rules.wrong_source(source).map(|problem| format!("{name} {problem}")));
        }
        wrong.extend(rules.wrong_license(package.license.as_deref()).map(|problem| format!("{name} {problem}")));
        wrong.extend(wrong_version(&package.version).map(|problem| format!("{name} {problem}")));
    }
    wrong.extend(rules.duplicates(&shipped(&metadata)?));
    for workspace in OTHER_WORKSPACES {
        wrong.extend(rules.locked(&xtask().join(workspace).join("Cargo.lock"))?);
    }
    let wrong: Vec<_> = wrong.into_iter().collect();
    ensure!(wrong.is_empty(), "these dependencies break a rule of deny.toml:\n  {}", wrong.join("\n  "));
    println!(
        "{} packages have a permitted licence and source. Advisories and yanked versions are not checked: run `cargo deny check`",
        metadata.packages.len()
    );
    Ok(())
}

impl Rules {
    fn read(text: &str) -> anyhow::Result<Self> {
        Ok(toml::from_str(text)?)
    }

    /// Returns the problem with a licence expression.
    fn wrong_license(&self, expression: Option<&str>) -> Option<String> {
        let Some(expression) = expression else { return Some("names no licence".into()) };
        // `LAX` also reads the slash of older manifests, such as `MIT/Apache-2.0`.
        let Ok(parsed) = Expression::parse_mode(expression, ParseMode::LAX) else {
            return Some(format!("has a licence that cannot be read: {expression}"));
        };
        let allowed: Vec<_> = self.licenses.allow.iter().filter_map(|name| Licensee::parse(name).ok()).collect();
        let is_satisfied = parsed.evaluate(|required| allowed.iter().any(|licensee| licensee.satisfies(required)));
        (!is_satisfied).then(|| format!("has the licence {expression}, which is not permitted"))
    }

    /// Returns the problem with the source of a package that is not in this repository.
    fn wrong_source(&self, source: Option<&str>) -> Option<String> {
        let registry = source.and_then(|source| source.strip_prefix("registry+"));
        let is_allowed = registry.is_some_and(|registry| self.sources.allow_registry.iter().any(|it| it == registry));
        (!is_allowed).then(|| format!("comes from {}, which is not permitted", source.unwrap_or("another folder")))
    }

    /// Returns a message for each crate with more than one version. Versions in the list `skip` of `deny.toml` are not
    /// counted.
    fn duplicates(&self, packages: &[(&str, &Version)]) -> Vec<String> {
        let mut versions: BTreeMap<&str, BTreeSet<&Version>> = BTreeMap::new();
        for (name, version) in packages {
            if !self.bans.skip.iter().any(|skip| skip.matches(name, version)) {
                versions.entry(name).or_default().insert(version);
            }
        }
        versions.retain(|_, versions| versions.len() > 1);
        let list =
            |versions: BTreeSet<&Version>| versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        versions.into_iter().map(|(name, it)| format!("{name} is shipped in several versions: {}", list(it))).collect()
    }

    /// Returns the problems of a lock file. Licences are not checked, because a lock file does not contain them.
    fn locked(&self, file: &Path) -> anyhow::Result<Vec<String>> {
        let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
        Ok(self.locked_packages(&toml::from_str::<Lock>(&text).with_context(|| file.display().to_string())?))
    }

    fn locked_packages(&self, lock: &Lock) -> Vec<String> {
        let problems = lock.package.iter().flat_map(|locked| {
            let source = locked.source.as_deref();
            let wrong_source = source.and_then(|source| self.wrong_source(Some(source)));
            let problems = wrong_source.into_iter().chain(wrong_version(&locked.version));
            problems.map(move |problem| format!("{} {} {problem}", locked.name, locked.version))
        });
        problems.collect()
    }
}

impl Skip {
    fn matches(&self, name: &str, version: &Version) -> bool {
        let requirement = self.spec.split_once('@').filter(|(skipped, _)| *skipped == name);
        requirement.and_then(|(_, it)| VersionReq::parse(it).ok()).is_some_and(|it| it.matches(version))
    }
}

/// Returns the problem with the version of a package.
fn wrong_version(version: &Version) -> Option<String> {
    (!version.pre.is_empty()).then(|| "is a version before a release".into())
}

/// Returns all crates that the published crates contain. Dependencies of tests and of build scripts are not shipped.
fn shipped(metadata: &Metadata) -> anyhow::Result<Vec<(&str, &Version)>> {
    let resolve = metadata.resolve.as_ref().context("cargo resolved nothing")?;
    let mut uses: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for node in &resolve.nodes {
        let is_normal = |kind: &cargo_metadata::DepKindInfo| kind.kind == DependencyKind::Normal;
        let direct = node.deps.iter().filter(|dep| dep.dep_kinds.iter().any(is_normal));
        uses.entry(&node.id.repr).or_default().extend(direct.map(|dep| dep.pkg.repr.as_str()));
    }
    let ids: BTreeSet<&str> =
        published(metadata).into_iter().flat_map(|package| reached(&package.id.repr, &uses)).collect();
    let packages = metadata.packages.iter().filter(|package| ids.contains(package.id.repr.as_str()));
    Ok(packages.map(|package| (package.name.as_str(), &package.version)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

    fn rules() -> anyhow::Result<Rules> {
        Rules::read(&fs::read_to_string(xtask().with_file_name("deny.toml"))?)
    }

    #[test]
    fn a_licence_must_be_permitted() -> anyhow::Result<()> {
        let rules = rules()?;
        for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "Apache-2.0 AND (ISC OR GPL-3.0)", "CC0-1.0 OR MIT"] {
            assert_eq!(rules.wrong_license(Some(good)), None, "{good}");
        }
        for bad in ["GPL-3.0", "MIT AND MPL-2.0", "Apache-2.0 WITH LLVM-exception", "see the file", ""] {
            assert!(rules.wrong_license(Some(bad)).is_some(), "{bad}");
        }
        assert!(rules.wrong_license(None).is_some());
        Ok(())
    }

    #[test]
    fn a_package_must_come_from_the_registry() -> anyhow::Result<()> {
        let rules = rules()?;
        assert_eq!(rules.wrong_source(Some(REGISTRY)), None);
        for bad in ["git+https://github.com/rust-lang/libc#0123", "registry+https://index.example", "sparse+https://h"]
        {
            assert!(rules.wrong_source(Some(bad)).is_some(), "{bad}");
        }
        assert!(rules.wrong_source(None).is_some());
        Ok(())
    }

    #[test]
    fn a_crate_is_shipped_in_one_version() -> anyhow::Result<()> {
        let (old, new, other) = (Version::new(2, 0, 119), Version::new(3, 0, 9), Version::new(1, 0, 0));
        assert_eq!(rules()?.duplicates(&[("syn", &old), ("syn", &new)]), [""; 0], "this version is an exception");
        assert_eq!(
            rules()?.duplicates(&[("syn", &other), ("syn", &new), ("quote", &new)]),
            ["syn is shipped in several versions: 1.0.0, 3.0.9"]
        );
        Ok(())
    }

    #[test]
    fn lock_files_are_checked() -> anyhow::Result<()> {
        let lock = format!(
            "[[package]]\nname = 'ours'\nversion = '0.1.0'\n\
             [[package]]\nname = 'good'\nversion = '1.0.0+build'\nsource = '{REGISTRY}'\n\
             [[package]]\nname = 'early'\nversion = '1.0.0-rc.1'\nsource = '{REGISTRY}'\n\
             [[package]]\nname = 'forked'\nversion = '1.0.0'\nsource = 'git+https://git.example'\n"
        );
        assert_eq!(
            rules()?.locked_packages(&toml::from_str(&lock)?),
            [
                "early 1.0.0-rc.1 is a version before a release",
                "forked 1.0.0 comes from git+https://git.example, which is not permitted"
            ]
        );
        Ok(())
    }
}
