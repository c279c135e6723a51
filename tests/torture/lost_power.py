"""What a disk holds after the power was cut, from a trace of what was done to it.

The model is stricter than common file systems, and no milder than any of them:

- A write is on the disk once a sync of its file that began after it has returned (or the write was
  made through O_DSYNC). Until then each of its sectors of 512 bytes may be there or not.
- The size of a file is that after any one of the changes since its last sync.
- A change of folders (make, rename, link, remove) is on the disk once a sync of its folder that
  began after it has returned. Until then those of all folders survive up to some point in order, as
  in the journal of a file system; with `apart`, those of each folder up to a point of its own.
"""
import os
import struct

SECTOR = 512
MAPPED = ("lock.mdb", "index.sqlite-shm")  # written by memory; nothing in them must survive
HEAD = struct.Struct("<IIQQQII")


class Event:
    __slots__ = ("kind", "pid", "inode", "at", "path", "other", "data")

    def __init__(self, kind, pid, inode, at, path, other, data):
        self.kind, self.pid, self.inode, self.at = kind, pid, inode, at
        self.path, self.other, self.data = path, other, data

    def size(self):
        """Bytes in the trace."""
        names = os.fsencode(self.path) + os.fsencode(self.other)
        return HEAD.size + len(names) + len(self.data)


def read_trace(path):
    with open(path, "rb") as file:
        text = file.read()
    events = []
    place = 0
    while place < len(text):
        kind, pid, inode, at, data_size, path_size, other_size = HEAD.unpack_from(text, place)
        place += HEAD.size
        parts = []
        for size in (path_size, other_size, data_size):
            parts.append(text[place:place + size])
            place += size
        events.append(Event(chr(kind), pid, inode, at, os.fsdecode(parts[0]),
                            os.fsdecode(parts[1]), parts[2]))
    return in_order(events)


def in_order(events):
    """A process may use a folder that another one has made and is about to record."""
    for i, event in enumerate(events):
        folder = os.path.dirname(event.path)
        for j in range(i + 1, min(i + 10, len(events))) if event.kind == "c" else ():
            late = events[j]
            if late.kind == "m" and late.path == folder and late.pid != event.pid:
                events.insert(i, events.pop(j))
                break
    return events


class File:
    def __init__(self, data=b"", target=None):
        self.durable = bytearray(data)
        self.target = target  # of a symbolic link
        self.pending = []  # [offset or None, data or size, whether it is on the disk all the same]
        self.now = len(data)

    def put(self, at, data):
        self.pending.append([at, data, False])
        self.now = max(self.now, at + len(data))

    def through(self, at):
        """The last write there is on the disk, whatever becomes of those before it."""
        for change in reversed(self.pending):
            if change[0] == at:
                change[2] = True
                return

    def resize(self, size):
        if size != self.now:
            self.pending.append([None, size, False])
            self.now = size

    def settle(self, count):
        for at, data, _ in self.pending[:count]:
            apply(self.durable, at, data)
        del self.pending[:count]

    def content(self):
        data = bytearray(self.durable)
        for at, change, _ in self.pending:
            apply(data, at, change)
        return bytes(data)

    def after_cut(self, random, counts):
        """The bytes that a cut leaves: sectors at random, and one of the sizes."""
        if not self.pending:
            return bytes(self.durable)
        share = random.choice((0, 0, 0.2, 0.5, 0.8, 1))
        size = len(self.durable)
        sizes = [size]
        for at, change, _ in self.pending:
            size = change if at is None else max(size, at + len(change))
            sizes.append(size)
        least = max([i + 1 for i, change in enumerate(self.pending) if change[2]], default=0)
        last = some_point(random, least, len(self.pending))
        data = bytearray(self.durable)
        for i, (at, change, through) in enumerate(self.pending):
            if at is None:
                if i < last:
                    apply(data, None, change)
                    counts["resizes kept"] += 1
                else:
                    counts["resizes dropped"] += 1
                continue
            place = 0
            kept = []
            while place < len(change):
                end = min(len(change), (at + place) // SECTOR * SECTOR + SECTOR - at)
                kept.append(through or random.random() < share)
                if kept[-1]:
                    apply(data, at + place, change[place:end])
                place = end
            fate = "kept" if all(kept) else "torn" if any(kept) else "dropped"
            counts["writes " + fate] += 1
        apply(data, None, sizes[last])
        return bytes(data)


def some_point(random, least, most):
    return random.choice((least, most, random.randint(least, most)))


def apply(data, at, change):
    if at is None:
        del data[change:]
        data.extend(bytes(change - len(data)))
        return
    if len(data) < at:
        data.extend(bytes(at - len(data)))
    data[at:at + len(change)] = change


class Disk:
    """The disk while a trace is gone through; folders and files are known by their inodes."""

    def __init__(self, inodes, apart):
        """The root and folders below it that are there from the start: {path: inode}."""
        self.root, self.apart = min(inodes), apart
        self.nodes = {}  # inode: File or dict of names
        self.kept = []  # every folder that ever was: their ids are not given again
        self.durable = {}  # by id of folder: its names as they are on the disk
        self.pending = []  # [(folder, name, node or None), ...] of one change, in order
        self.syncs = {}  # (pid, thread): what the sync that it began covers
        self.top = self.new_folder(inodes[self.root])
        for path, inode in sorted(inodes.items())[1:]:
            folder, name = self.folder_of(path)
            folder[name] = self.durable[id(folder)][name] = self.new_folder(inode)

    def new_folder(self, inode):
        folder = {}
        self.kept.append(folder)
        self.durable[id(folder)] = {}
        self.nodes[inode] = folder
        return folder

    def folder_of(self, path):
        node = self.top
        parts = os.path.relpath(path, self.root).split("/")
        for part in parts[:-1]:
            node = node.get(part) if isinstance(node, dict) else None
            if node is None:
                raise ValueError("the trace knows no folder of %s" % path)
        return node, parts[-1]

    def change(self, *entries):
        """Changes names now, and notes that the disk does not know of it yet."""
        for folder, name, node in entries:
            if node is None:
                folder.pop(name, None)
            else:
                folder[name] = node
        self.pending.append(entries)

    def make(self, event, node):
        self.nodes[event.inode] = node
        self.change((*self.folder_of(event.path), node))

    def node(self, event):
        if event.path.endswith(" (deleted)"):
            return self.nodes.get(event.inode, File())
        if event.inode not in self.nodes:
            self.make(event, File())
        return self.nodes[event.inode]

    def settle_folders(self, chosen):
        if not chosen:
            return
        if not self.apart:
            chosen = range(chosen[-1] + 1)
        folders = set()
        taken = set()
        for i in reversed(range(max(chosen) + 1)):  # a rename between folders takes along both
            if i in chosen or any(id(folder) in folders for folder, _, _ in self.pending[i]):
                folders.update(id(folder) for folder, _, _ in self.pending[i])
                taken.add(i)
        for i in sorted(taken):
            settle_names(self.durable, self.pending[i])
        self.pending = [entries for i, entries in enumerate(self.pending) if i not in taken]

    def step(self, event):
        kind = event.kind
        if kind == "w":
            self.node(event).put(event.at, event.data)
        elif kind == "d":
            self.node(event).through(event.at)
        elif kind == "t":
            self.node(event).resize(event.at)
        elif kind == "c":
            self.make(event, self.linked(event) or File())
        elif kind == "m":
            self.make(event, self.new_folder(event.inode))
        elif kind == "s":
            self.make(event, File(target=event.other))
        elif kind == "r":
            old, name = self.folder_of(event.other)
            if name in old:
                self.change((old, name, None), (*self.folder_of(event.path), old[name]))
            else:
                raise ValueError("the trace knows no %s, which was renamed" % event.other)
        elif kind == "u":
            self.change((*self.folder_of(event.path), None))
        elif kind in "ba":
            self.begin_sync(event)
        elif kind == "e":
            self.end_sync(event)

    def linked(self, event):
        """The file that got one more name, if it is one."""
        node = self.nodes.get(event.inode)
        named = any(node is other for _, other in walk(self.top))
        return node if named and isinstance(node, File) else None

    def begin_sync(self, event):
        nodes = list(self.nodes.values()) if event.kind == "a" else [self.node(event)]
        marks = [(node, list(node.pending)) for node in nodes if isinstance(node, File)]
        whole = event.kind == "a"
        folders = [node for node in nodes if isinstance(node, dict)]
        chosen = [entries for entries in self.pending
                  if whole or any(folder is node for node in folders for folder, _, _ in entries)]
        self.syncs[event.pid, event.at] = marks, chosen

    def end_sync(self, event):
        marks, chosen = self.syncs.pop((event.pid, event.at))
        for node, pending in marks:
            covered = set(map(id, pending))
            count = 0
            while count < len(node.pending) and id(node.pending[count]) in covered:
                count += 1
            node.settle(count)
        covered = set(map(id, chosen))
        self.settle_folders([i for i, entries in enumerate(self.pending) if id(entries) in covered])

    def after_cut(self, random, counts):
        """{path below the root: bytes, or None for a folder, or text of a link} that survive."""
        names = {key: dict(entries) for key, entries in self.durable.items()}
        everywhere = some_point(random, 0, len(self.pending))
        until = {}
        for entries in self.pending:
            for folder, _, _ in entries:
                until.setdefault(id(folder), some_point(random, 0, len(self.pending)))
        stopped = set()
        for i, entries in enumerate(self.pending):
            folders = {id(folder) for folder, _, _ in entries}
            if self.apart:
                if any(i >= until[key] or key in stopped for key in folders):
                    stopped |= folders
            if folders & stopped if self.apart else i >= everywhere:
                counts["folder changes dropped"] += 1
                continue
            settle_names(names, entries)
            counts["folder changes kept"] += 1
        found = {}
        self.collect(self.top, "", names, found, random, counts)
        return found

    def collect(self, folder, prefix, names, found, random, counts):
        for name, node in sorted(names[id(folder)].items()):
            if isinstance(node, dict):
                found[prefix + name] = None
                self.collect(node, prefix + name + "/", names, found, random, counts)
            elif node.target is not None:
                found[prefix + name] = node.target
            else:
                found[prefix + name] = node.after_cut(random, counts)


def settle_names(names, entries):
    for folder, name, node in entries:
        if node is None:
            names[id(folder)].pop(name, None)
        else:
            names[id(folder)][name] = node


def walk(folder, prefix=""):
    for name, node in folder.items():
        yield prefix + name, node
        if isinstance(node, dict):
            yield from walk(node, prefix + name + "/")


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None


def differences(disk, root):
    """Files that are not on the disk as the trace has them: it would be blind to something."""
    wrong = []
    for path, node in walk(disk.top):
        if os.path.basename(path) in MAPPED or isinstance(node, dict):
            continue
        real = os.path.join(root, path)
        if node.target is None and read(real) != node.content():
            wrong.append(path)
    known = {path for path, _ in walk(disk.top)}
    for folder, _, files in os.walk(root):
        for name in files:
            path = os.path.relpath(os.path.join(folder, name), root)
            if path not in known and name not in MAPPED:
                wrong.append(path)
    return sorted(wrong)
