//! The tasks of an account, and the indexes by which they are found. A lookup takes as long with a million tasks as with
//! ten.

use std::{collections::HashMap, sync::Arc};

use kie_types::Credits;
use tokio::time::Instant;

use super::{task::Task, track::Track};

/// The tasks of an account: first those that every new account has, then those that requests have started.
pub(crate) struct Tasks {
    all: Vec<Arc<Task>>,
    /// Number of tasks that every new account has, so that the examples of requests work.
    demo: usize,
    /// Places of the tasks with this id. Demo tasks of different kinds can have the same id.
    by_id: HashMap<String, Vec<usize>>,
    /// Places of the tracks whose files have this name: the place of the task, and the place of the track in the task.
    by_file: HashMap<String, Vec<(usize, usize)>>,
    /// Sum of the prices of the started tasks that are never refunded.
    charged: Credits,
    /// Started tasks that are refunded at some time.
    refundable: Vec<Arc<Task>>,
}

impl Tasks {
    /// Returns the tasks of a new account.
    pub(super) fn new(demo: Vec<Arc<Task>>) -> Self {
        let mut tasks = Self {
            all: Vec::new(),
            demo: demo.len(),
            by_id: HashMap::new(),
            by_file: HashMap::new(),
            charged: Credits::default(),
            refundable: Vec::new(),
        };
        demo.into_iter().for_each(|task| tasks.insert(task));
        tasks
    }

    /// Adds a task that a request has started.
    pub(crate) fn start(&mut self, task: Arc<Task>) {
        if task.is_refundable() {
            self.refundable.push(Arc::clone(&task));
        } else {
            self.charged = self.charged + task.paid;
        }
        self.insert(task);
    }

    fn insert(&mut self, task: Arc<Task>) {
        let place = self.all.len();
        self.by_id.entry(task.id.clone()).or_default().push(place);
        for (index, track) in task.work.tracks().iter().enumerate() {
            self.by_file.entry(track.file_name()).or_default().push((place, index));
        }
        self.all.push(task);
    }

    /// Returns all tasks, those first that every new account has.
    pub(crate) fn all(&self) -> &[Arc<Task>] {
        &self.all
    }

    /// Returns the tasks that requests have started.
    pub(crate) fn started(&self) -> &[Arc<Task>] {
        self.all.get(self.demo..).unwrap_or_default()
    }

    /// Returns the tasks with this id. Each comes with `true` if every new account has it.
    pub(crate) fn with_id(&self, id: &str) -> impl Iterator<Item = (&Arc<Task>, bool)> {
        let places = self.by_id.get(id).into_iter().flatten();
        places.filter_map(|&place| Some((self.all.get(place)?, place < self.demo)))
    }

    /// Returns the tracks whose files have this name: each with its task and its index in the task.
    pub(crate) fn tracks_with_file(&self, name: &str) -> impl Iterator<Item = (&Task, usize, &Track)> {
        let places = self.by_file.get(name).into_iter().flatten();
        places.filter_map(|&(place, index)| {
            let task = self.all.get(place)?;
            Some((&**task, index, task.work.tracks().get(index)?))
        })
    }

    /// Returns the prices of all started tasks that are paid at the time `now`, in credits. The price of a refunded task
    /// is not included.
    pub(super) fn charged(&self, now: Instant) -> Credits {
        let charged = self.refundable.iter().filter(|task| !task.refunded(now));
        charged.fold(self.charged, |sum, task| sum + task.paid)
    }
}
