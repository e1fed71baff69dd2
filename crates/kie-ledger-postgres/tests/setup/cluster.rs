//! A cluster of PostgreSQL in a temporary folder.

use std::{
    env,
    fs::{self, File},
    io::{self, Write as _},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex, Once, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
    thread::sleep,
    time::{Duration, Instant},
};

use kie_ledger_postgres::{PostgresLedger, PostgresLedgerBuilder};
use tempfile::TempDir;

/// User that runs the server if the tests run as root, because the server refuses to run as root.
const USERS: [&str; 2] = ["postgres", "nobody"];
/// Time limit for the start and the stop of the server.
const LIMIT: Duration = Duration::from_secs(60);

/// A database for tests: the one at the address in `KIE_TEST_POSTGRES`, or that of a new cluster. A cluster is stopped and
/// removed when this value is dropped.
pub(crate) struct Cluster {
    url: String,
    server: Option<Server>,
}

struct Server {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
    process: Child,
}

/// Returns a database that tests running at the same time share. Returns `None` and says so if there is none, unless
/// `KIE_TEST_POSTGRES_REQUIRED` is set.
pub(crate) fn database() -> Option<Arc<Cluster>> {
    static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cluster) = shared.upgrade() {
        return Some(cluster);
    }
    let cluster = match env::var("KIE_TEST_POSTGRES") {
        Ok(url) => Cluster { url, server: None },
        Err(_) => Cluster::start(&[])?,
    };
    let cluster = Arc::new(cluster);
    *shared = Arc::downgrade(&cluster);
    Some(cluster)
}

impl Cluster {
    /// Starts a cluster with these settings, also if `KIE_TEST_POSTGRES` has an address.
    pub(crate) fn start(settings: &[&str]) -> Option<Self> {
        let Some(programs) = programs() else {
            let text = "PostgreSQL is not installed";
            assert!(env::var_os("KIE_TEST_POSTGRES_REQUIRED").is_none(), "{text}");
            // Not through `println!`, whose text is hidden if a test passes.
            static SAID: Once = Once::new();
            SAID.call_once(|| {
                let tests = env!("CARGO_PKG_NAME");
                let _ = writeln!(io::stderr(), "left out: the tests of {tests} with PostgreSQL, because {text}");
            });
            return None;
        };
        let folder = tempfile::Builder::new().prefix("kie-postgres-").tempdir().unwrap();
        if let Some(user) = other_user() {
            run(Command::new("chown").arg(user).arg(folder.path()));
        }
        let mut initdb = as_user(&programs.join("initdb"));
        initdb.args(["--auth=trust", "--username=kie", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
        run(initdb.arg(folder.path().join("data")));
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let process = launch(&programs, folder.path(), port, &settings);
        let mut server = Server { folder, programs, port, settings, process };
        server.wait_until_ready(1);
        Some(Self { url: format!("postgres://kie@127.0.0.1:{port}/postgres"), server: Some(server) })
    }

    /// Returns the address of the database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Returns the options of a ledger in a schema that no other test uses.
    pub(crate) fn fresh(&self) -> PostgresLedgerBuilder {
        PostgresLedger::builder(self.url()).schema(fresh_schema()).connections(4)
    }

    /// Runs SQL as an administrator does.
    pub(crate) async fn execute(&self, sql: &str) {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.unwrap();
        let running = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        running.abort();
    }

    /// Returns the number in the only row of a query.
    pub(crate) async fn number(&self, sql: &str) -> i64 {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.unwrap();
        let running = tokio::spawn(connection);
        let number = client.query_one(sql, &[]).await.unwrap().get(0);
        running.abort();
        number
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.as_ref().unwrap().port
    }

    /// Returns what the server has logged.
    pub(crate) fn log(&self) -> String {
        self.server.as_ref().unwrap().log()
    }

    /// Stops the server at once, as a crash does.
    pub(crate) fn crash(&mut self) {
        self.server.as_mut().unwrap().signal("QUIT");
    }

    /// Starts the server again.
    pub(crate) fn restart(&mut self) {
        let server = self.server.as_mut().unwrap();
        let times = server.log().matches("ready to accept connections").count();
        server.process = launch(&server.programs, server.folder.path(), server.port, &server.settings);
        server.wait_until_ready(times + 1);
    }
}

impl Server {
    /// Waits until the server has logged so many times that it is ready.
    fn wait_until_ready(&mut self, times: usize) {
        let begin = Instant::now();
        while self.log().matches("ready to accept connections").count() < times {
            let is_running = self.process.try_wait().unwrap().is_none();
            assert!(is_running && begin.elapsed() < LIMIT, "the server did not start: {}", self.log());
            sleep(Duration::from_millis(10));
        }
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// Sends a signal to the server, and waits until it has ended.
    fn signal(&mut self, name: &str) {
        let mut kill = Command::new("kill");
        let _ = kill.args(["-s", name, &self.process.id().to_string()]).stderr(Stdio::null()).status();
        let begin = Instant::now();
        while self.process.try_wait().is_ok_and(|ended| ended.is_none()) {
            if begin.elapsed() > LIMIT {
                let _ = self.process.kill();
            }
            sleep(Duration::from_millis(10));
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.signal("INT");
    }
}

/// Starts the server.
fn launch(programs: &Path, folder: &Path, port: u16, settings: &[String]) -> Child {
    let mut server = as_user(&programs.join("postgres"));
    server.arg("-D").arg(folder.join("data")).args(["-h", "127.0.0.1", "-p", &port.to_string(), "-k", ""]);
    // A test that crashes the server needs no protection against a loss of power.
    server.args(["-c", "fsync=off"]);
    for setting in settings {
        server.args(["-c", setting]);
    }
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Returns the name of a schema that was not used before.
pub(crate) fn fresh_schema() -> String {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    format!("test_{}_{number}", std::process::id())
}

/// Returns the folder with the programs of the newest version of PostgreSQL.
fn programs() -> Option<PathBuf> {
    let on_path = env::split_paths(&env::var_os("PATH")?).collect::<Vec<_>>();
    let mut installed: Vec<PathBuf> =
        fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|it| it.path().join("bin")).collect();
    installed.sort();
    let mut folders = on_path.into_iter().chain(installed.into_iter().rev());
    folders.find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())
}

/// Returns the user that runs the server, if it is not the user of this process.
fn other_user() -> Option<&'static str> {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let exists = |user: &&&str| Command::new("id").arg(user).output().is_ok_and(|id| id.status.success());
    if is_root { USERS.iter().find(exists).copied() } else { None }
}

/// Returns the command of a program, run by the user that runs the server.
fn as_user(program: &Path) -> Command {
    let Some(user) = other_user() else { return Command::new(program) };
    let mut command = Command::new("setpriv");
    command.args(["--reuid", user, "--regid", &group(user), "--clear-groups"]).arg(program).current_dir("/");
    command
}

fn group(user: &str) -> String {
    let id = Command::new("id").args(["-g", user]).output().unwrap();
    String::from_utf8(id.stdout).unwrap().trim().to_owned()
}

fn run(command: &mut Command) {
    let done = command.output().unwrap();
    assert!(done.status.success(), "{command:?}: {}", String::from_utf8_lossy(&done.stderr));
}
