// The files of the Go programs in a worker: what wasm_exec.js asks of Node's fs, over memory. A file
// may lie on the site until it is opened; what programs write under a folder may be kept by the browser.

import type { Site } from "./fetch.js";

interface Node { dir: boolean; mode: number; time: number; data: Uint8Array; size: number; site?: Site; coming?: Promise<void> }

type Fetch = (site: Site, path: string) => Promise<Uint8Array>;

const O = { O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2, O_CREAT: 0o100, O_EXCL: 0o200, O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000 };

const failure = (code: string) => Object.assign(new Error(code), { code });

export class Files {
	readonly constants = O;
	cwd = "/";
	private nodes = new Map<string, Node>();
	private opened = new Map<number, { path: string; node: Node; at: number; append: boolean; written: boolean }>();

	// print gets what a program prints, and may have it wait; input gives it its input; changed is told of
	// files that are new, other or gone; fetch brings a file of the site.
	constructor(
		private print: (fd: number, bytes: Uint8Array) => void | Promise<void>,
		private input: () => Promise<Uint8Array> = async () => new Uint8Array(),
		private changed: (path: string, data?: Uint8Array) => void = () => {},
		private fetch: Fetch = async () => { throw failure("ENOENT"); },
	) {
		for (const dir of ["/", "/tmp"]) this.nodes.set(dir, this.node(true, 0o777));
	}

	// put makes a file, and the folders in which it lies, without telling changed.
	put(path: string, data: Uint8Array, site?: Site) {
		this.folder(path.slice(0, path.lastIndexOf("/")));
		this.nodes.set(path, { ...this.node(false, 0o644), data, size: site?.size ?? data.length, site });
	}

	// folder makes a folder, and those in which it lies.
	folder(path: string) {
		for (let dir = path; dir && !this.nodes.has(dir); dir = dir.slice(0, dir.lastIndexOf("/"))) this.nodes.set(dir, this.node(true, 0o755));
	}

	has(path: string) { return this.nodes.has(path); }
	take(path: string) { const n = this.nodes.get(path)!; this.nodes.delete(path); return n.data.slice(0, n.size); }
	remove(path: string) { this.nodes.delete(path); }
	closeAll() { this.opened.clear(); this.typed = new Uint8Array(); }

	// fs is what Go calls, each function with a callback at the end.
	get fs(): any {
		const calls: Record<string, (...args: any[]) => any> = {
			open: (path, flags, mode) => this.open(this.resolve(path), flags, mode),
			read: (fd, buffer, offset, length, position) => this.read(fd, buffer, offset, length, position),
			write: (fd, buffer, offset, length, position) => this.write(fd, buffer.subarray(offset, offset + length), position),
			close: (fd) => this.close(fd),
			fstat: (fd) => this.stat(fd <= 2 ? this.node(false, 0o600) : this.of(fd).node),
			stat: (path) => this.stat(this.find(path)),
			lstat: (path) => this.stat(this.find(path)),
			mkdir: (path, mode) => this.mkdir(this.resolve(path), mode),
			readdir: (path) => this.list(this.resolve(path)),
			unlink: (path) => this.unlink(this.resolve(path), false),
			rmdir: (path) => this.unlink(this.resolve(path), true),
			rename: (from, to) => this.rename(this.resolve(from), this.resolve(to)),
			ftruncate: (fd, size) => this.truncate(this.of(fd), size),
			truncate: (path, size) => this.truncate({ node: this.find(path) }, size),
			chmod: (path, mode) => { this.find(path).mode = mode & 0o777; },
			fchmod: (fd, mode) => { this.of(fd).node.mode = mode & 0o777; },
			utimes: (path, _, time) => { this.find(path).time = time * 1000; },
			fsync: () => {}, chown: () => {}, fchown: () => {}, lchown: () => {},
			link: () => { throw failure("ENOSYS"); }, symlink: () => { throw failure("ENOSYS"); }, readlink: () => { throw failure("EINVAL"); },
		};
		const fs: any = { constants: O, writeSync: (fd: number, bytes: Uint8Array) => this.write(fd, bytes, null) };
		for (const [name, call] of Object.entries(calls)) {
			fs[name] = (...args: any[]) => {
				const done = args.pop();
				let result;
				try { result = call(...args); } catch (error) { return done(error); }
				if (result instanceof Promise) result.then((value) => done(null, value), (error) => done(error));
				else done(null, result);
			};
		}
		return fs;
	}

	resolve(path: string): string {
		const parts: string[] = [];
		for (const part of (path.startsWith("/") ? path : `${this.cwd}/${path}`).split("/")) {
			if (part === "..") parts.pop();
			else if (part && part !== ".") parts.push(part);
		}
		return `/${parts.join("/")}`;
	}

	private node(dir: boolean, mode: number): Node { return { dir, mode, time: Date.now(), data: new Uint8Array(), size: 0 }; }

	private find(path: string): Node {
		const node = this.nodes.get(this.resolve(path));
		if (!node) throw failure("ENOENT");
		return node;
	}

	private of(fd: number) {
		const file = this.opened.get(fd);
		if (!file) throw failure("EBADF");
		return file;
	}

	private parent(path: string) { return path.slice(0, path.lastIndexOf("/")) || "/"; }

	private open(path: string, flags: number, mode: number): number | Promise<number> {
		let node = this.nodes.get(path);
		if (node && flags & O.O_CREAT && flags & O.O_EXCL) throw failure("EEXIST");
		const writes = (flags & 3) !== O.O_RDONLY;
		if (!node) {
			if (!(flags & O.O_CREAT)) throw failure("ENOENT");
			if (!this.nodes.get(this.parent(path))?.dir) throw failure("ENOENT");
			this.nodes.set(path, (node = this.node(false, mode & 0o777)));
		}
		if (node.dir && writes) throw failure("EISDIR");
		if (!node.dir && flags & O.O_DIRECTORY) throw failure("ENOTDIR");
		const opened = node;
		const number = () => {
			let fd = 3;
			while (this.opened.has(fd)) fd++;
			this.opened.set(fd, { path, node: opened, at: 0, append: !!(flags & O.O_APPEND), written: writes });
			return fd;
		};
		if (flags & O.O_TRUNC) Object.assign(opened, { size: 0, data: new Uint8Array(), site: undefined });
		if (!opened.site) return number();
		return this.come(opened, path).then(number, (error) => {
			this.print(2, new TextEncoder().encode(error.message + "\n"));
			throw Object.assign(error, { code: "EIO" });
		});
	}

	// bring has a file come from the site before it is opened.
	bring(path: string) { this.come(this.find(path), path).catch(() => {}); } // whoever opens it will ask again, and be told

	private async come(node: Node, path: string) {
		if (!node.site) return;
		node.coming ??= this.fetch(node.site, path).then((data) => { Object.assign(node, { data, size: data.length, site: undefined }); });
		return node.coming.finally(() => { node.coming = undefined; });
	}

	private read(fd: number, buffer: Uint8Array, offset: number, length: number, position: number | null): number | Promise<number> {
		if (fd === 0) return this.type(buffer.subarray(offset, offset + length));
		const file = this.of(fd);
		if (file.node.dir) throw failure("EISDIR");
		const from = position ?? file.at;
		const part = file.node.data.subarray(from, Math.min(from + length, file.node.size));
		buffer.set(part, offset);
		if (position == null) file.at += part.length;
		return part.length;
	}

	private typed = new Uint8Array(); // and not read yet
	private async type(buffer: Uint8Array): Promise<number> {
		if (!this.typed.length) this.typed = (await this.input()).slice();
		const part = this.typed.subarray(0, buffer.length);
		buffer.set(part);
		this.typed = this.typed.slice(part.length);
		return part.length;
	}

	private write(fd: number, bytes: Uint8Array, position: number | null): number | Promise<number> {
		if (fd === 1 || fd === 2) {
			const length = bytes.length; // of Go's memory, which may be elsewhere later
			return this.print(fd, bytes)?.then(() => length) ?? length;
		}
		const file = this.of(fd), node = file.node;
		const from = position ?? (file.append ? node.size : file.at);
		this.grow(node, from + bytes.length);
		node.data.set(bytes, from);
		if (position == null) file.at = from + bytes.length;
		node.time = Date.now();
		return bytes.length;
	}

	private grow(node: Node, size: number) {
		if (size > node.data.length) {
			const data = new Uint8Array(Math.max(size, 2 * node.data.length));
			data.set(node.data.subarray(0, node.size));
			node.data = data;
		}
		node.size = Math.max(node.size, size);
	}

	private truncate({ node }: { node: Node }, size: number) {
		if (size < node.size) node.data.fill(0, size, node.size);
		this.grow(node, size);
		node.size = size;
	}

	private close(fd: number) {
		const file = this.of(fd);
		this.opened.delete(fd);
		if (file.written && this.nodes.get(file.path) === file.node) this.changed(file.path, file.node.data.slice(0, file.node.size));
	}

	private stat(node: Node) {
		return {
			dev: 1, ino: 0, mode: node.mode | (node.dir ? 0o40000 : 0o100000), nlink: 1, uid: 0, gid: 0, rdev: 0, size: node.size,
			blksize: 4096, blocks: Math.ceil(node.size / 512), atimeMs: node.time, mtimeMs: node.time, ctimeMs: node.time, isDirectory: () => node.dir,
		};
	}

	private mkdir(path: string, mode: number) {
		if (this.nodes.has(path)) throw failure("EEXIST");
		if (!this.nodes.get(this.parent(path))?.dir) throw failure("ENOENT");
		this.nodes.set(path, this.node(true, mode & 0o777));
	}

	private list(path: string): string[] {
		if (!this.find(path).dir) throw failure("ENOTDIR");
		const inside = path === "/" ? "/" : `${path}/`;
		return [...this.nodes.keys()].filter((p) => p !== "/" && p.startsWith(inside) && !p.slice(inside.length).includes("/")).map((p) => p.slice(inside.length)).sort();
	}

	private unlink(path: string, dir: boolean) {
		const node = this.find(path);
		if (node.dir !== dir) throw failure(dir ? "ENOTDIR" : "EISDIR");
		if (dir && this.list(path).length) throw failure("ENOTEMPTY");
		this.nodes.delete(path);
		if (!dir) this.changed(path);
	}

	private rename(from: string, to: string) {
		const node = this.find(from);
		if (node.dir) throw failure("ENOSYS");
		if (!this.nodes.get(this.parent(to))?.dir) throw failure("ENOENT");
		if (this.nodes.get(to)?.dir) throw failure("EISDIR");
		this.nodes.delete(from);
		this.nodes.set(to, node);
		this.changed(from);
		this.changed(to, node.data.slice(0, node.size));
	}
}
