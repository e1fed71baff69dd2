//! The account: its credits, its tasks, and its books.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use kie_types::Credits;
use tokio::time::Instant;

use crate::script::{CallbackFault, Fault, TaskScript};

use super::{
    journal::{Received, SentCallback, TaskEntry},
    stem::Stem,
    task::Task,
    track::Track,
    upload::Upload,
};

/// Decides what goes wrong with a thing.
pub(crate) type Decide<T, U> = Box<dyn FnMut(&T) -> Option<U> + Send>;

/// The account in memory.
pub(crate) struct Account {
    credits: Credits,
    /// The tasks that were there from the start.
    demo: Vec<Arc<Task>>,
    pub(crate) tasks: Vec<Arc<Task>>,
    /// The ids of what there can be only one of, by the operation that made it and the id it was made of.
    pub(crate) made: HashMap<(&'static str, String), String>,
    pub(crate) faults: HashMap<String, VecDeque<Fault>>,
    pub(crate) other_faults: Option<Decide<Received, Fault>>,
    pub(crate) fates: VecDeque<TaskScript>,
    pub(crate) callback_faults: VecDeque<CallbackFault>,
    pub(crate) other_mishaps: Option<Decide<SentCallback, CallbackFault>>,
    pub(crate) requests: Vec<Received>,
    pub(crate) deliveries: Vec<SentCallback>,
    /// The uploaded files, by their paths.
    pub(crate) uploads: HashMap<String, Upload>,
}

impl Account {
    pub(crate) fn new(credits: Credits, demo: Vec<Arc<Task>>) -> Self {
        Self {
            credits,
            demo,
            tasks: Vec::new(),
            made: HashMap::new(),
            faults: HashMap::new(),
            other_faults: None,
            fates: VecDeque::new(),
            callback_faults: VecDeque::new(),
            other_mishaps: None,
            requests: Vec::new(),
            deliveries: Vec::new(),
            uploads: HashMap::new(),
        }
    }

    /// What is left to spend.
    pub(crate) fn balance(&self, now: Instant) -> Credits {
        let kept = self.tasks.iter().filter(|task| !task.refunded(now));
        kept.fold(self.credits, |left, task| left - task.paid)
    }

    /// Takes credits that no task gives back.
    pub(crate) fn spend(&mut self, price: Credits) {
        self.credits = self.credits - price;
    }

    /// The task with this id that this operation looks up.
    pub(crate) fn task(&self, lookup: &str, id: &str) -> Option<&Task> {
        self.all().find(|task| task.id == id && task.work.lookup() == lookup)
    }

    /// The first task that goes on from this one and that this operation looks up.
    pub(crate) fn task_from(&self, lookup: &str, source: &str) -> Option<&Task> {
        self.all().find(|task| task.work.source() == Some(source) && task.work.lookup() == lookup)
    }

    /// The first track that this holds for, with its task and its index.
    pub(crate) fn track(&self, mut is_it: impl FnMut(&Track) -> bool) -> Option<(&Task, usize, &Track)> {
        self.all().find_map(|task| {
            let (index, track) = task.work.tracks().iter().enumerate().find(|(_, track)| is_it(track))?;
            Some((task, index, track))
        })
    }

    /// The first stem that this holds for, with its task.
    pub(crate) fn stem(&self, is_it: impl Fn(&Stem) -> bool) -> Option<(&Task, &Stem)> {
        self.all().find_map(|task| Some((task, task.work.stems().iter().find(|stem| is_it(stem))?)))
    }

    /// The books on tasks.
    pub(crate) fn entries(&self, now: Instant) -> Vec<TaskEntry> {
        let entry = |task: &Arc<Task>| TaskEntry {
            id: task.id.clone(),
            operation: task.operation,
            paid: task.paid,
            status: task.work.word(&task.state(now)).to_owned(),
        };
        self.tasks.iter().map(entry).collect()
    }

    /// Enters a request in the books, and says what goes wrong with it.
    pub(crate) fn receive(&mut self, request: Received) -> Option<Fault> {
        let told = self.faults.get_mut(request.operation).and_then(VecDeque::pop_front);
        let fault = told.or_else(|| self.other_faults.as_mut()?(&request));
        self.requests.push(request);
        fault
    }

    /// Says what goes wrong with a callback that is due.
    pub(crate) fn callback_fault(&mut self, callback: &SentCallback) -> Option<CallbackFault> {
        self.callback_faults.pop_front().or_else(|| self.other_mishaps.as_mut()?(callback))
    }

    fn all(&self) -> impl Iterator<Item = &Task> {
        self.demo.iter().chain(&self.tasks).map(AsRef::as_ref)
    }
}
