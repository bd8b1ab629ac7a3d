// Files in memory for a Go program in a worker.
"use strict";

// mount lets Go open and read the files, by their paths from /, of which there are no others.
globalThis.mount = function (files) {
	const opened = new Map(); // what Go reads, by number
	const missing = () => Object.assign(new Error("no such file"), { code: "ENOENT" });
	const names = (path) => [...files.keys()].filter((name) => name.startsWith(path + "/")).map((name) => name.slice(path.length + 1));
	const about = (content) => ({
		dev: 0, ino: 0, mode: content ? 0o100444 : 0o040555, nlink: 1, uid: 0, gid: 0, rdev: 0, size: content?.length ?? 0,
		blksize: 4096, blocks: 0, atimeMs: 0, mtimeMs: 0, ctimeMs: 0, isDirectory: () => !content,
	});
	const stat = (path, callback) => {
		const content = files.get(path);
		if (!content && names(path).length === 0) return callback(missing());
		callback(null, about(content));
	};
	Object.assign(globalThis.fs, {
		open(path, flags, mode, callback) {
			const content = files.get(path);
			if (!content && names(path).length === 0) return callback(missing());
			const number = 100 + opened.size;
			opened.set(number, { path, content, at: 0 });
			callback(null, number);
		},
		stat,
		lstat: stat,
		readdir(path, callback) { callback(null, names(path)); },
		fstat(number, callback) { callback(null, about(opened.get(number).content)); },
		read(number, buffer, offset, length, position, callback) {
			const file = opened.get(number);
			const from = position ?? file.at;
			const part = file.content.subarray(from, from + length);
			buffer.set(part, offset);
			if (position === null || position === undefined) file.at += part.length;
			callback(null, part.length);
		},
		close(number, callback) { callback(null); },
	});
};
