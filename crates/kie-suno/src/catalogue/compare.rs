//! Compares the schema of an operation with the limits of its request type.

use kie_types::{
    Bound, Endpoint, Limit, MarketForm, MarketSchema, Route, SchemaField, TaskEndpoint,
    catalog::{self, OPERATIONS, Visitor},
    check_on, classic_name,
};
use serde_json::{Map, Value};

use super::drift::{DifferenceKind, Drift, Unchecked};

/// Compares the schema of the operation with this slug, and adds the differences.
pub(super) fn compare(slug: &str, schema: &MarketSchema, drift: &mut Drift) {
    for broken in &schema.broken {
        drift.unchecked.push(Unchecked::new(slug, format!("its schema has a broken reference to {broken}")));
    }
    if schema.fields.is_empty() {
        drift.unchecked.push(Unchecked::new(slug, "its schema describes no fields"));
    }
    if let Some(operation) = OPERATIONS.iter().find(|operation| operation.market == Some(slug)) {
        catalog::visit(operation.name, Comparison { slug, schema, drift });
    }
}

struct Comparison<'a> {
    slug: &'a str,
    schema: &'a MarketSchema,
    drift: &'a mut Drift,
}

impl Visitor for Comparison<'_> {
    type Output = ();

    fn call<E: Endpoint>(self) {
        let limits = E::limits_on(Route::Market);
        let only_classic: Vec<_> = E::MARKET.into_iter().flat_map(MarketForm::fields_only_classic).map(plain).collect();
        for field in &self.schema.fields {
            if is_unknown::<E>(&field.name) && !only_classic.contains(&plain(&field.name)) {
                self.drift.add(self.slug, DifferenceKind::NewField, Some(&field.name), "", "");
                continue;
            }
            let of_field: Vec<_> = limits.iter().filter(|limit| plain(limit.field) == plain(&field.name)).collect();
            compare_words(self.slug, field, &of_field, self.drift);
            compare_numbers(self.slug, field, &of_field, self.drift);
        }
    }

    fn start<E: TaskEndpoint>(self) {
        self.call::<E>();
    }
}

/// Returns a field name without the differences between the routes: `vocal_gender` and `vocalGender` are the same.
fn plain(name: &str) -> String {
    name.chars().filter(|c| *c != '_').map(|c| c.to_ascii_lowercase()).collect()
}

/// Returns `true` if the request type has no field with this name of the market route.
fn is_unknown<E: Endpoint>(name: &str) -> bool {
    // A few fields have underscores on the classic route too.
    let fields: Map<String, Value> =
        [name.to_owned(), classic_name(name)].map(|name| (name, Value::Null)).into_iter().collect();
    let count = fields.len();
    check_on::<E>(&fields.into(), Route::Market).unknown.len() == count
}

fn compare_words(slug: &str, field: &SchemaField, limits: &[&Limit], drift: &mut Drift) {
    let mut listed: Vec<&str> = limits.iter().flat_map(|limit| limit.bound.words()).copied().collect();
    let mut service: Vec<&str> = field.words.iter().map(String::as_str).collect();
    for words in [&mut listed, &mut service] {
        words.sort_unstable();
        words.dedup();
    }
    // Many lists are only in the text of a page, so the schema has no words for them.
    if !service.is_empty() && service != listed {
        drift.add(slug, DifferenceKind::Words, Some(&field.name), service.join(", "), listed.join(", "));
    }
}

/// Compares the limits that are numbers. A limit that depends on the mode or on the model has several numbers here, and
/// the schema has one of them.
fn compare_numbers(slug: &str, field: &SchemaField, limits: &[&Limit], drift: &mut Drift) {
    let mut compare = |what: &str, service: Option<f64>, of: fn(&Bound) -> Option<f64>| {
        let mut listed: Vec<f64> = limits.iter().filter_map(|limit| of(&limit.bound)).collect();
        listed.sort_by(f64::total_cmp);
        listed.dedup();
        if let Some(service) = service.filter(|service| !listed.contains(service)) {
            let numbers: Vec<_> = listed.iter().map(f64::to_string).collect();
            let listed = if numbers.is_empty() { String::new() } else { format!("{what} {}", numbers.join(" or ")) };
            drift.add(slug, DifferenceKind::Limit, Some(&field.name), format!("{what} {service}"), listed);
        }
    };
    compare("at most", field.max_length.map(|length| length as f64), |bound| match bound {
        Bound::Characters(most) => Some(*most as f64),
        _ => None,
    });
    compare("at least", field.minimum, |bound| match bound {
        Bound::AtLeast(least) | Bound::Above(least) => Some(*least),
        _ => None,
    });
    compare("at most", field.maximum, |bound| match bound {
        Bound::AtMost(most) => Some(*most),
        _ => None,
    });
}
