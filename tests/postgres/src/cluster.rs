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

/// Text in the log of a server that can be used.
const READY: &str = "ready to accept connections";

/// Name of the folder of a small disk.
const DISK: &str = "disk";

/// A database for tests: the one at the address in `KIE_TEST_POSTGRES`, or that of a new cluster. A cluster is stopped and
/// removed when this value is dropped.
#[derive(Debug)]
pub struct Cluster {
    url: String,
    server: Option<Server>,
}

#[derive(Debug)]
struct Server {
    folder: TempDir,
    programs: PathBuf,
    port: u16,
    settings: Vec<String>,
    process: Child,
}

/// Returns a database that tests running at the same time share. Returns `None` and says so if there is none, unless
/// `KIE_TEST_POSTGRES_REQUIRED` is set.
pub fn database() -> Option<Arc<Cluster>> {
    match env::var("KIE_TEST_POSTGRES") {
        Ok(url) => Some(Arc::new(Cluster { url, server: None })),
        Err(_) => local(),
    }
}

/// Does the same as [`database`] with a cluster on this machine, also if `KIE_TEST_POSTGRES` has an address.
pub fn local() -> Option<Arc<Cluster>> {
    static SHARED: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cluster) = shared.upgrade() {
        return Some(cluster);
    }
    let cluster = Arc::new(Cluster::start(&["max_connections=300"])?);
    *shared = Arc::downgrade(&cluster);
    Some(cluster)
}

impl Cluster {
    /// Starts a cluster with these settings, such as `fsync=on`, also if `KIE_TEST_POSTGRES` has an address.
    pub fn start(settings: &[&str]) -> Option<Self> {
        Self::start_with(settings, &[])
    }

    /// Starts a cluster with these settings, and with these files in its folder, given as names and texts.
    pub fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let (folder, programs) = initialized()?;
        for (name, text) in files {
            let path = folder.path().join("data").join(name);
            fs::write(&path, text).unwrap();
            own(&path);
            run(Command::new("chmod").arg("600").arg(path));
        }
        Some(Self::launch(folder, programs, settings, READY))
    }

    /// Starts a cluster with a disk of 16 MiB besides its folder, and returns the folder of this disk too. The disk is in
    /// memory, and vanishes with the server. Returns `None` and says so if such a disk cannot be mounted: only root can do
    /// that.
    pub fn with_small_disk() -> Option<(Self, String)> {
        let (folder, programs) = initialized()?;
        let disk = folder.path().join(DISK);
        fs::create_dir(&disk).unwrap();
        let mounted = on_small_disk(&disk, &Command::new("true")).output();
        if !mounted.is_ok_and(|mounted| mounted.status.success()) {
            let _ = writeln!(io::stderr(), "left out: the test with a full disk, because no small disk can be mounted");
            return None;
        }
        Some((Self::launch(folder, programs, &[], READY), disk.to_str().unwrap().to_owned()))
    }

    fn launch(folder: TempDir, programs: PathBuf, settings: &[&str], ready: &'static str) -> Self {
        let settings: Vec<String> = settings.iter().map(ToString::to_string).collect();
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let process = launch(&programs, folder.path(), port, &settings);
        let mut server = Server { folder, programs, port, settings, process };
        server.wait_until_ready(ready, 1);
        Self { url: format!("postgres://kie@127.0.0.1:{port}/postgres"), server: Some(server) }
    }

    /// Starts a hot standby of this cluster: a copy that follows it, and can only be read.
    pub fn standby(&self) -> Self {
        let server = self.server.as_ref().unwrap();
        let folder = temporary_folder();
        let mut copy = as_user(&server.programs.join("pg_basebackup"));
        copy.args(["--write-recovery-conf", "--checkpoint=fast", "--no-sync", "--dbname", &self.url, "-D"]);
        run(copy.arg(folder.path().join("data")));
        Self::launch(folder, server.programs.clone(), &[], "ready to accept read")
    }

    /// Returns the options of a ledger in a schema that no other test uses.
    pub fn fresh(&self) -> PostgresLedgerBuilder {
        PostgresLedger::builder(&self.url).schema(fresh_schema()).connections(4)
    }

    /// Runs SQL as an administrator does.
    pub async fn execute(&self, sql: &str) {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.unwrap();
        let running = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        running.abort();
    }

    /// Returns the number in the only row of a query.
    pub async fn number(&self, sql: &str) -> i64 {
        let (client, connection) = tokio_postgres::connect(&self.url, tokio_postgres::NoTls).await.unwrap();
        let running = tokio::spawn(connection);
        let number = client.query_one(sql, &[]).await.unwrap().get(0);
        running.abort();
        number
    }

    /// Returns the address of the database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns another database of this cluster, which stays the owner of the server.
    #[must_use]
    pub fn database(&self, name: &str) -> Self {
        let (server, _) = self.url.rsplit_once('/').unwrap();
        Self { url: format!("{server}/{name}"), server: None }
    }

    /// Returns the port of the server.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.server.as_ref().unwrap().port
    }

    /// Returns what the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        self.server.as_ref().unwrap().log()
    }

    /// Stops the server at once, as a crash does.
    pub fn crash(&mut self) {
        self.server.as_mut().unwrap().signal("QUIT");
    }

    /// Starts the server again.
    pub fn restart(&mut self) {
        let server = self.server.as_mut().unwrap();
        let times = server.log().matches(READY).count();
        server.process = launch(&server.programs, server.folder.path(), server.port, &server.settings);
        server.wait_until_ready(READY, times + 1);
    }
}

impl Server {
    /// Waits until the server has logged this text so many times.
    fn wait_until_ready(&mut self, text: &str, times: usize) {
        let begin = Instant::now();
        while self.log().matches(text).count() < times {
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
        // Nothing is kept, so the server need not write anything before.
        self.signal("QUIT");
    }
}

/// Returns the folder of a new cluster that was not started yet, and the programs. Returns `None` and says so if PostgreSQL is
/// not installed.
fn initialized() -> Option<(TempDir, PathBuf)> {
    let Some(programs) = programs() else {
        let text = "PostgreSQL is not installed";
        assert!(env::var_os("KIE_TEST_POSTGRES_REQUIRED").is_none(), "{text}");
        // Not through `println!`, whose text is hidden if a test passes.
        static SAID: Once = Once::new();
        SAID.call_once(|| {
            let _ = writeln!(io::stderr(), "left out: the tests with PostgreSQL, because {text}");
        });
        return None;
    };
    let folder = temporary_folder();
    let mut initdb = as_user(&programs.join("initdb"));
    initdb.args(["--auth=trust", "--username=kie", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"]);
    run(initdb.arg(folder.path().join("data")));
    Some((folder, programs))
}

fn temporary_folder() -> TempDir {
    let folder = tempfile::Builder::new().prefix("kie-postgres-").tempdir().unwrap();
    own(folder.path());
    folder
}

/// Gives a file or a folder to the user that runs the server.
fn own(path: &Path) {
    if let Some(user) = other_user() {
        run(Command::new("chown").arg(user).arg(path));
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
    let disk = folder.join(DISK);
    if disk.exists() {
        server = on_small_disk(&disk, &server);
    }
    let log = File::options().create(true).append(true).open(folder.join("log")).unwrap();
    server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Returns the command that first mounts a small disk in this folder, which only its process and the children see.
fn on_small_disk(folder: &Path, command: &Command) -> Command {
    let owner = other_user().unwrap_or("root");
    let mut mounting = Command::new("unshare");
    mounting.args([
        "--mount",
        "sh",
        "-c",
        r#"mount -t tmpfs -o "size=16m,mode=700,uid=$(id -u "$0")" disk "$1" && shift && exec "$@""#,
    ]);
    mounting.arg(owner).arg(folder).arg(command.get_program()).args(command.get_args()).current_dir("/");
    mounting
}

/// Returns the name of a schema that was not used before.
pub fn fresh_schema() -> String {
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
    let folder = folders.find(|folder| folder.join("initdb").exists() && folder.join("postgres").exists())?;
    // The folder on the path may have links to some of the programs only.
    let program = folder.join("initdb").canonicalize().ok()?;
    program.parent().map(Path::to_owned)
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
