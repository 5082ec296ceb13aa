"""What memory the processes take while something runs."""
import pathlib
import re
import threading

PAUSE = 0.5  # seconds between two looks


def read(path, pattern):
    """A number of kB in a file of /proc, as MiB; 0 when the process has ended."""
    try:
        found = re.search(pattern + r":\s+(\d+)", path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return int(found[1]) / 1024 if found else 0


class Watch:
    """Looks at processes again and again until it ends, and tells the most that each kind of them took: those named, and those
    of PostgreSQL by what they are for."""

    def __init__(self, database, **pids):
        self.directory = pathlib.Path(database.run("SHOW data_directory", database.superuser).strip())
        self.pids = {what: pid for what, pid in pids.items() if pid}
        self.most = {}  # by what: (MiB of one, MiB of all, how many)
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.watch)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()

    def add(self, what, pid):
        self.pids[what] = pid

    def watch(self):
        while not self.over.wait(PAUSE):
            self.look()

    def look(self):
        now = {what: [read(pathlib.Path(f"/proc/{pid}/status"), "VmRSS")] for what, pid in list(self.pids.items())}
        # Shared memory is counted once, as a setting: a process of PostgreSQL has what is its own.
        parent = (self.directory / "postmaster.pid").read_text(encoding="utf-8").split()[0]
        for status in pathlib.Path("/proc").glob("[0-9]*/status"):
            try:
                if f"PPid:\t{parent}\n" not in status.read_text(encoding="utf-8"):
                    continue
                title = (status.parent / "cmdline").read_text(encoding="utf-8").rstrip("\0 ")
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended
            kind = "PostgreSQL, sessions" if " onrecord " in title else "PostgreSQL, the rest"
            now.setdefault(kind, []).append(read(status, "RssAnon"))
        for what, values in now.items():
            one, together, count = self.most.get(what, (0, 0, 0))
            self.most[what] = (max(one, *values), max(together, sum(values)), max(count, len(values)))
