//! Finds items that are compiled only for tests.

use syn::{Attribute, ImplItem, Item, Meta, Token, TraitItem, parse::Parser as _, punctuated::Punctuated};

/// Returns `true` if an item with these attributes is compiled only for tests.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| match &attribute.meta {
        Meta::List(list) => list.parse_args::<Meta>().is_ok_and(|condition| without_tests(&condition) == Some(false)),
        _ => false,
    })
}

/// Evaluates the condition of a `cfg` attribute in a build without tests. Returns `None` if the result depends on
/// another condition.
fn without_tests(condition: &Meta) -> Option<bool> {
    match condition {
        Meta::Path(path) if path.is_ident("test") => Some(false),
        Meta::List(list) => {
            let parts = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(list.tokens.clone()).ok()?;
            let mut parts = parts.iter().map(without_tests);
            if list.path.is_ident("not") {
                parts.next()?.map(|part| !part)
            } else if list.path.is_ident("all") {
                parts.any(|part| part == Some(false)).then_some(false)
            } else if list.path.is_ident("any") {
                parts.all(|part| part == Some(false)).then_some(false)
            } else {
                None
            }
        }
        _ => None,
    }
}

pub(super) fn of_item(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

pub(super) fn of_impl_item(item: &ImplItem) -> &[Attribute] {
    match item {
        ImplItem::Const(item) => &item.attrs,
        ImplItem::Fn(item) => &item.attrs,
        ImplItem::Type(item) => &item.attrs,
        ImplItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}

pub(super) fn of_trait_item(item: &TraitItem) -> &[Attribute] {
    match item {
        TraitItem::Const(item) => &item.attrs,
        TraitItem::Fn(item) => &item.attrs,
        TraitItem::Type(item) => &item.attrs,
        TraitItem::Macro(item) => &item.attrs,
        _ => &[],
    }
}
