//! No crate of the product has import cycles, so that each file can be read after those that it imports.
//!  A module is a file. It imports another if one of its paths leads there, in `use` or in its code. Three rules: - A
//!   name that a module has by `use` counts as the module that defines it. `crate::port::Claims` leads to the file of
//!   `Claims` and not to `port.rs`.
//! - Declaring a module or re-exporting its names is not an import. Using its names is one.
//! - Tests may import anything.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::path::Path;

use anyhow::{Context as _, Result};
use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, Item, ItemMod, ItemUse, UseTree, Visibility};

/// A module's path from its crate's root; empty for the root.
type Name = Vec<String>;

/// What a file says about modules.
struct Module {
    name: Name,
    /// Paths as they are written.
    paths: Vec<Name>,
    /// The names that `use` brings, with their paths.
    names: BTreeMap<String, Name>,
    /// Paths whose names it re-exports.
    exports: Vec<Name>,
    /// Its test modules.
    tests: Vec<Name>,
}

impl Module {
    fn read(name: Name, text: &str) -> Result<Self> {
        let mut module =
            Self { name, paths: Vec::new(), names: BTreeMap::new(), exports: Vec::new(), tests: Vec::new() };
        module.visit_file(&syn::parse_file(text)?);
        Ok(module)
    }
}

impl<'ast> Visit<'ast> for Module {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes: &[Attribute] = match item {
            Item::Mod(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => &[],
        };
        if !attributes.iter().any(is_of_tests) {
            visit::visit_item(self, item);
        } else if let Item::Mod(ItemMod { ident, .. }) = item {
            self.tests.push([self.name.clone(), vec![ident.to_string()]].concat());
        }
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        let mut leaves = Vec::new();
        flatten(&item.tree, &mut Vec::new(), &mut leaves);
        for (name, path) in leaves {
            self.names.insert(name, path.clone());
            let is_private = matches!(item.vis, Visibility::Inherited);
            if is_private { &mut self.paths } else { &mut self.exports }.push(path);
        }
    }

    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        in_tokens(call.tokens.clone(), &mut self.paths);
        visit::visit_macro(self, call);
    }
}

fn is_of_tests(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string() == "test")
}

/// The leaves of a `use`: the name of each here, and its path.
fn flatten(tree: &UseTree, path: &mut Name, leaves: &mut Vec<(String, Name)>) {
    match tree {
        UseTree::Path(tree) => {
            path.push(tree.ident.to_string());
            flatten(&tree.tree, path, leaves);
            path.pop();
        }
        UseTree::Group(tree) => tree.items.iter().for_each(|tree| flatten(tree, path, leaves)),
        UseTree::Name(tree) if tree.ident == "self" => {
            leaves.push((path.last().cloned().unwrap_or_default(), path.clone()));
        }
        UseTree::Name(tree) => {
            let name = tree.ident.to_string();
            leaves.push((name.clone(), [path.as_slice(), &[name]].concat()));
        }
        UseTree::Rename(tree) => {
            leaves.push((tree.rename.to_string(), [path.as_slice(), &[tree.ident.to_string()]].concat()));
        }
        UseTree::Glob(_) => leaves.push(("*".to_owned(), path.clone())),
    }
}

/// Paths in the tokens of a macro, wherever they look like Rust paths.
fn in_tokens(tokens: TokenStream, paths: &mut Vec<Name>) {
    let mut path = Name::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => path.push(ident.to_string()),
            TokenTree::Punct(punct) if punct.as_char() == ':' && !path.is_empty() => {}
            other => {
                paths.push(std::mem::take(&mut path));
                if let TokenTree::Group(group) = other {
                    in_tokens(group.stream(), paths);
                }
            }
        }
    }
    paths.push(path);
}

struct Crate(BTreeMap<Name, Module>);

impl Crate {
    fn read(folder: &Path) -> Result<Self> {
        let source = folder.join("src");
        let mut modules = BTreeMap::new();
        for file in files(&source)? {
            let relative = file.strip_prefix(&source)?.with_extension("");
            let mut name: Name = relative.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            let is_root = name.len() == 1 && matches!(name[0].as_str(), "lib" | "main");
            if is_root || name.last().is_some_and(|last| last == "mod") {
                name.pop();
            }
            // If a crate has both, `main.rs` holds only `main`.
            let module = Module::read(name.clone(), &std::fs::read_to_string(&file)?)
                .with_context(|| file.display().to_string())?;
            if !(relative.ends_with("main") && source.join("lib.rs").exists()) {
                modules.insert(name, module);
            }
        }
        let tests: Vec<Name> = modules.values().flat_map(|module| module.tests.clone()).collect();
        modules.retain(|name, _| !tests.iter().any(|test| name.starts_with(test)));
        Ok(Self(modules))
    }

    /// The path from the crate's root for a path in `module`; `None` if it leads to another crate.
    fn absolute(&self, module: &Module, path: &[String]) -> Option<Name> {
        let first = path.first()?;
        match first.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&module.name, &path[1..]].concat()),
            "super" => {
                let ups = path.iter().take_while(|part| *part == "super").count();
                let above = module.name.len().checked_sub(ups)?;
                Some([&module.name[..above], &path[ups..]].concat())
            }
            _ => {
                let below = [module.name.as_slice(), path].concat();
                self.0.contains_key(&below[..=module.name.len()]).then_some(below)
            }
        }
    }

    /// The module that defines what the path names.
    fn defining(&self, path: &[String]) -> Option<&Module> {
        let length = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]))?;
        let module = &self.0[&path[..length]];
        match path.get(length).and_then(|item| module.names.get(item)) {
            Some(name) => {
                let on = self.absolute(module, name)?;
                self.defining(&[&on, &path[length + 1..]].concat())
            }
            None => Some(module),
        }
    }

    fn imports(&self, module: &Module) -> BTreeSet<&Name> {
        let foreign = module.exports.iter().filter(|export| {
            let path = self.absolute(module, export);
            path.is_some_and(|path| !path.starts_with(&module.name))
        });
        let paths = module.paths.iter().chain(foreign).filter_map(|path| self.absolute(module, path));
        let named = paths.filter_map(|path| self.defining(&path)).map(|module| &module.name);
        named.filter(|name| **name != module.name).collect()
    }

    /// The shortest cycle through each module, without repetitions.
    fn circles(&self) -> BTreeSet<String> {
        let imports: BTreeMap<&Name, BTreeSet<&Name>> =
            self.0.values().map(|module| (&module.name, self.imports(module))).collect();
        let circles = self.0.keys().filter_map(|start| circle(&imports, start));
        circles.map(|circle| circle.iter().map(|name| title(name)).collect::<Vec<_>>().join(" -> ")).collect()
    }
}

/// The shortest way from a module back to itself, starting at its first module by name.
fn circle<'a>(imports: &BTreeMap<&'a Name, BTreeSet<&'a Name>>, start: &'a Name) -> Option<Vec<&'a Name>> {
    let mut seen = BTreeSet::new();
    let mut ways = VecDeque::from([vec![start]]);
    while let Some(way) = ways.pop_front() {
        for next in &imports[way.last()?] {
            if *next == start {
                let mut circle = way;
                let first = circle.iter().enumerate().min_by_key(|(_, name)| **name)?.0;
                circle.rotate_left(first);
                circle.push(circle[0]);
                return Some(circle);
            }
            if seen.insert(*next) {
                ways.push_back([way.as_slice(), &[next]].concat());
            }
        }
    }
    None
}

fn title(name: &[String]) -> String {
    if name.is_empty() { "crate".to_owned() } else { name.join("::") }
}

fn files(folder: &Path) -> Result<Vec<std::path::PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(self::files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

#[test]
fn no_crate_imports_in_circles() -> Result<()> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut circles = Vec::new();
    for group in ["shared", "infra", "functions"] {
        for entry in std::fs::read_dir(repository.join(group))? {
            let folder = entry?.path();
            if folder.join("Cargo.toml").exists() {
                let found = Crate::read(&folder)?.circles();
                let folder = folder.strip_prefix(&repository)?.display().to_string();
                circles.extend(found.into_iter().map(|circle| format!("{folder}: {circle}")));
            }
        }
    }
    assert!(circles.is_empty(), "{}", circles.join("\n"));
    Ok(())
}

#[test]
fn a_circle_is_told_from_a_re_export() -> Result<()> {
    let of = |files: &[(&str, &str)]| -> Result<BTreeSet<String>> {
        let module = |(name, text): &(&str, &str)| {
            let name: Name = name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
            Ok((name.clone(), Module::read(name, text)?))
        };
        Ok(Crate(files.iter().map(module).collect::<Result<_>>()?).circles())
    };
    let circle = of(&[("", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "fn f() { vec![crate::a::A] }")])?;
    assert_eq!(circle, BTreeSet::from(["a -> b -> a".to_owned()]));
    let above = of(&[("", "mod a;"), ("a", "mod b; fn f() { b::g() }"), ("a::b", "use super::A;")])?;
    assert_eq!(above, BTreeSet::from(["a -> a::b -> a".to_owned()]));
    let exported = [("", "mod a;"), ("a", "mod b; mod c; pub use b::B;"), ("a::b", ""), ("a::c", "use super::B;")];
    assert!(of(&exported)?.is_empty());
    let tested = [("", "mod a; mod b;"), ("a", "use crate::b::B;"), ("b", "#[cfg(test)] mod t { use crate::a::A; }")];
    assert!(of(&tested)?.is_empty());
    Ok(())
}
