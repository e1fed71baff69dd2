//! Database of the service. This example keeps the tables in memory, with the columns that a database would have.

use std::{
    collections::BTreeSet,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// A song that a user ordered.
#[derive(Clone)]
pub(crate) struct Order {
    /// Request as JSON. It can be read again as a request, also by a later version of kie-types.
    pub(crate) request: String,
    /// Id of the task at KIE. An order without an id was perhaps sent and paid for.
    pub(crate) task_id: Option<String>,
}

/// A callback of KIE.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Received {
    /// Id of the task. The signature covers only this id and the time.
    pub(crate) task_id: String,
    /// Kind of task, such as `music`, if the body shows it.
    pub(crate) kind: Option<&'static str>,
    /// Unchanged body.
    pub(crate) body: Vec<u8>,
}

#[derive(Default)]
struct Tables {
    orders: Vec<Order>,
    /// A callback can come twice, and is stored once.
    callbacks: BTreeSet<Received>,
}

#[derive(Default)]
pub(crate) struct Store(Mutex<Tables>);

impl Store {
    /// Stores a request before it is sent. Returns the number of the order.
    pub(crate) fn ordered(&self, request: String) -> usize {
        let mut tables = self.tables();
        tables.orders.push(Order { request, task_id: None });
        tables.orders.len() - 1
    }

    pub(crate) fn started(&self, number: usize, task_id: String) {
        if let Some(order) = self.tables().orders.get_mut(number) {
            order.task_id = Some(task_id);
        }
    }

    pub(crate) fn received(&self, callback: Received) {
        self.tables().callbacks.insert(callback);
    }

    pub(crate) fn orders(&self) -> Vec<Order> {
        self.tables().orders.clone()
    }

    pub(crate) fn callbacks(&self) -> Vec<Received> {
        self.tables().callbacks.iter().cloned().collect()
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
