//! The account: its credits, its tasks and its journal.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use kie_types::{Credits, catalog};
use tokio::time::Instant;

use crate::script::{Behaviour, CallbackFault, Fault, TaskScript};

use super::{
    ids::Ids,
    journal::{Received, SentCallback, TaskEntry},
    rates::Rates,
    task::Task,
    tasks::Tasks,
    track::{Stem, Track, file_name},
    upload::Upload,
};

/// Function that chooses the fault of a request or of a callback, or `None` for no fault.
pub(crate) type Decide<T, U> = Box<dyn FnMut(&T) -> Option<U> + Send>;

/// The simulated account. It exists only in memory.
pub(crate) struct Account {
    pub(crate) ids: Ids,
    pub(crate) behaviour: Behaviour,
    /// Balance of the new account.
    credits: Credits,
    /// Sum of the prices of operations that start no task.
    spent: Credits,
    pub(crate) tasks: Tasks,
    /// Ids of results that can be made only once, such as the persona of a track. The key is the name of the operation
    /// and the id of the source, such as the id of the track.
    pub(crate) made: HashMap<(&'static str, String), String>,
    /// Queues of the faults of requests. The key is the name of the operation. `None` stands for no fault.
    pub(crate) faults: HashMap<String, VecDeque<Option<Fault>>>,
    pub(crate) other_faults: Option<Decide<Received, Fault>>,
    pub(crate) task_scripts: VecDeque<Option<TaskScript>>,
    pub(crate) callback_faults: VecDeque<Option<CallbackFault>>,
    pub(crate) other_callback_faults: Option<Decide<SentCallback, CallbackFault>>,
    pub(crate) rates: Rates,
    pub(crate) requests: Vec<Received>,
    pub(crate) callbacks: Vec<SentCallback>,
    /// Uploaded files. The key is the path of the file.
    pub(crate) uploads: HashMap<String, Upload>,
    /// Links to files of this account in the examples of requests. The value is the path of the file.
    pub(crate) links: HashMap<String, String>,
}

impl Account {
    pub(crate) fn new(
        credits: Credits,
        ids: Ids,
        behaviour: Behaviour,
        demo: Vec<Arc<Task>>,
        links: HashMap<String, String>,
    ) -> Self {
        Self {
            ids,
            behaviour,
            credits,
            spent: Credits::default(),
            tasks: Tasks::new(demo),
            made: HashMap::new(),
            faults: HashMap::new(),
            other_faults: None,
            task_scripts: VecDeque::new(),
            callback_faults: VecDeque::new(),
            other_callback_faults: None,
            rates: Rates::default(),
            requests: Vec::new(),
            callbacks: Vec::new(),
            uploads: HashMap::new(),
            links,
        }
    }

    /// Returns the balance at the time `now`, in credits. The price of a refunded task is not subtracted.
    pub(crate) fn balance(&self, now: Instant) -> Credits {
        self.credits - self.charged(now)
    }

    /// Returns all prices that are paid at the time `now`, in credits. The price of a refunded task is not included.
    pub(crate) fn charged(&self, now: Instant) -> Credits {
        self.spent + self.tasks.charged(now)
    }

    /// Subtracts `price` from the balance, for an operation that starts no task. This price is never refunded.
    pub(crate) fn spend(&mut self, price: Credits) {
        self.spent = self.spent + price;
    }

    /// Returns the task with this id. `lookup` is the name of an operation that looks up tasks. Returns `None` if there
    /// is no such task, or if another operation looks up tasks of its kind.
    pub(crate) fn task(&self, lookup: &str, id: &str) -> Option<&Task> {
        self.tasks.with_id(id).map(|(task, _)| &**task).find(|task| task.work.lookup() == lookup)
    }

    /// Returns `true` if every new account has this task. `lookup` is the name of the operation that looks it up.
    pub(crate) fn is_demo(&self, lookup: &str, id: &str) -> bool {
        self.tasks.with_id(id).any(|(task, is_demo)| is_demo && task.work.lookup() == lookup)
    }

    /// Returns the task of any kind with this id.
    pub(crate) fn any_task(&self, id: &str) -> Option<&Task> {
        self.tasks.with_id(id).map(|(task, _)| &**task).next()
    }

    /// Returns the task with this id that a request started.
    pub(crate) fn started(&self, id: &str) -> Option<Arc<Task>> {
        self.tasks.with_id(id).find(|(_, is_demo)| !is_demo).map(|(task, _)| Arc::clone(task))
    }

    /// Returns the first task that was made from the task with the id `source`. Searches only the tasks
    /// of one kind: `lookup` is the name of the operation that returns their records.
    pub(crate) fn task_from(&self, lookup: &str, source: &str) -> Option<&Task> {
        self.all().find(|task| task.work.source() == Some(source) && task.work.lookup() == lookup)
    }

    /// Returns the track with this id, as a tuple: its task, the index of the track in the task, and the track.
    pub(crate) fn track(&self, id: &str) -> Option<(&Task, usize, &Track)> {
        self.tasks.tracks_with_file(&file_name(id)).find(|(.., track)| track.id == id)
    }

    /// Returns the track whose files have this name, in the same form as [`track`](Self::track).
    pub(crate) fn track_with_file(&self, name: &str) -> Option<(&Task, usize, &Track)> {
        self.tasks.tracks_with_file(name).next()
    }

    /// Returns the first stem for which `matches` is `true`: its task and the stem.
    pub(crate) fn stem(&self, matches: impl Fn(&Stem) -> bool) -> Option<(&Task, &Stem)> {
        self.all().find_map(|task| Some((task, task.work.stems().iter().find(|stem| matches(stem))?)))
    }

    /// Returns the tasks for the journal (the list of requests, tasks and callbacks), with their status words at the
    /// time `now`.
    pub(crate) fn entries(&self, now: Instant) -> Vec<TaskEntry> {
        let entry = |task: &Arc<Task>| TaskEntry {
            id: task.id.clone(),
            operation: task.operation,
            kind: catalog::find(task.operation).ok().and_then(|operation| operation.job),
            route: task.route,
            paid: task.paid,
            refunded: task.refunded(now),
            status: task.work.word(&task.state(now)).to_owned(),
        };
        self.tasks.started().iter().map(entry).collect()
    }

    /// Records a request in the journal of the sandbox. Returns the fault that applies to the request.
    pub(crate) fn receive(&mut self, mut request: Received) -> Option<Fault> {
        let queued = self.faults.get_mut(request.operation).and_then(VecDeque::pop_front);
        let fault = queued.unwrap_or_else(|| self.other_faults.as_mut()?(&request));
        request.fault = fault.as_ref().map(Fault::name);
        self.requests.push(request);
        fault
    }

    /// Removes all faults and scripts of later requests, tasks and callbacks.
    pub(crate) fn clear_faults(&mut self) {
        self.faults.clear();
        self.other_faults = None;
        self.task_scripts.clear();
        self.callback_faults.clear();
        self.other_callback_faults = None;
    }

    /// Returns the fault that applies to this callback.
    pub(crate) fn callback_fault(&mut self, callback: &SentCallback) -> Option<CallbackFault> {
        self.callback_faults.pop_front().unwrap_or_else(|| self.other_callback_faults.as_mut()?(callback))
    }

    fn all(&self) -> impl Iterator<Item = &Task> {
        self.tasks.all().iter().map(AsRef::as_ref)
    }
}
