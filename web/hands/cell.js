// A cell's end of the line to play.js: messages go over GoNB's comms.
globalThis.nnbookCell = (id, widget, toCell, toPage) => {
	"use strict";

	// GoNB's script asks for ws://host/api/kernels/…, where a hub or an https
	// server does not have it. Such addresses are corrected on their way.
	const base = JSON.parse(document.getElementById("jupyter-config-data")?.textContent ?? "{}").baseUrl ?? "/";
	const asked = `ws://${location.host}/`, right = `${location.protocol.replace("http", "ws")}//${location.host}${base}`;
	if (asked !== right && !WebSocket.corrects) {
		globalThis.WebSocket = class extends WebSocket {
			static corrects = true;
			constructor(url, ...rest) {
				super(String(url).replace(`${asked}api/kernels/`, `${right}api/kernels/`), ...rest);
			}
		};
	}

	// A key for a control is no shortcut of JupyterLab's, which listens on the
	// document: D D on a slider would delete the cell.
	const root = document.getElementById(id);
	const keep = (event) => {
		if (!root.isConnected) window.removeEventListener("keydown", keep, true);
		else if (root.contains(event.target) && !event.ctrlKey && !event.metaKey && event.key !== "Escape") event.stopPropagation();
	};
	window.addEventListener("keydown", keep, true);

	let comm; // GoNB's; another one after the kernel was started anew
	const port = {
		send(text) {
			if (globalThis.gonb_comm && comm !== globalThis.gonb_comm) {
				comm = globalThis.gonb_comm;
				comm.subscribe(toPage, (_, message) => port.onmessage(message));
			}
			comm?.send(toCell, text);
		},
	};
	nnbookPlay[widget](root, port);
};
