// The page's half of nb/play: to draw digits for a network, and to turn the
// knobs of a training. What is said to the engine stands in session.go.
//
//	nnbookPlay.draw(root, port)     root: an element, whose content stays until
//	nnbookPlay.knobs(root, port)    the engine answers
//
// A port has send(text), and calls its onmessage(text): a cell's comms, or a
// worker. Nothing here asks for anything from elsewhere.
(() => {
	"use strict";

	// connect says hello until the engine is ready, then calls start once. It
	// returns say, which sends a message and returns its number. Numbers begin
	// with the time, so that they grow from one page to the next.
	function connect(port, start, on) {
		let n = Date.now();
		const say = (message) => {
			port.send(JSON.stringify({ ...message, n: ++n }));
			return n;
		};
		port.onmessage = (text) => {
			const message = JSON.parse(text);
			if (message.kind === "ready" && start) {
				clearInterval(asking);
				start(message);
				start = null;
			} else if (on[message.kind]) {
				on[message.kind](message);
			}
		};
		const asking = setInterval(() => say({ kind: "hello" }), 250);
		say({ kind: "hello" });
		return say;
	}

	// make returns an element; properties that begin with "on" are listeners.
	function make(tag, properties = {}, ...children) {
		const element = document.createElement(tag);
		for (const [name, value] of Object.entries(properties)) {
			if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
			else if (value !== false) element.setAttribute(name, value === true ? "" : value);
		}
		element.append(...children);
		return element;
	}

	const svg = (tag, properties, ...children) => {
		const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
		for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
		element.append(...children);
		return element;
	};

	// slider returns a labelled slider; its value is an index where there is a
	// list of values. text says what stands beside the label.
	function slider(label, { min = 0, max, step = 1, value, list, text = String, change }) {
		if (list) [max, value] = [list.length - 1, list.indexOf(value)];
		const shown = make("span", { class: "nnplay-value", "aria-hidden": "true" }); // heard as valuetext
		const input = make("input", { type: "range", min, max, step, value });
		const get = () => (list ? list[+input.value] : +input.value);
		const show = () => {
			shown.textContent = text(get());
			input.setAttribute("aria-valuetext", text(get()));
		};
		input.addEventListener("input", () => { show(); change(); });
		show();
		return {
			element: make("label", { class: "nnplay-slider" }, make("span", {}, label, " ", shown), input),
			get,
			set(v) { input.value = list ? list.indexOf(v) : v; show(); },
			reset() { input.value = input.defaultValue; show(); },
		};
	}

	// speaker returns an element for those who hear the page, and a function
	// that puts a text into it once nothing newer has come for a while.
	function speaker() {
		const element = make("p", { class: "nnplay-heard", "aria-live": "polite" });
		let timer;
		return [element, (text) => {
			clearTimeout(timer);
			timer = setTimeout(() => { element.textContent = text; }, 600);
		}];
	}

	// open puts the widget in place of what root says while nothing runs.
	function open(root, ...children) {
		root.classList.add("nnplay");
		root.replaceChildren(...children);
	}

	const signed = (unit) => (v) => `${v > 0 ? "+" : v < 0 ? "−" : ""}${Math.abs(v)}${unit}`;
	const thousands = (v) => String(v).replace(/\B(?=(\d{3})+$)/g, ",");

	// ---- Draw a digit ----

	const SIDE = 28, BOX = 20, SCALE = 10; // the network's picture, and pixels of the page for each of its own

	function draw(root, port) {
		let strokes = [], fromTest = false;
		let asked = 0, again = false, late; // one question at a time: the latest, once the last is answered
		const say = connect(port, start, { answer, error: complain });
		let ui;

		function start(ready) {
			const change = () => ask();
			const paper = make("canvas", {
				class: "nnplay-paper", width: 2 * SIDE * SCALE, height: 2 * SIDE * SCALE, role: "img",
				"aria-label": "Paper. Draw with mouse, finger or pen. By keyboard, choose a test image below.",
				onpointerdown: down, onpointermove: move, onpointerup: up, onpointercancel: up, onlostpointercapture: up,
			});
			const [heard, speak] = speaker();
			ui = {
				paper, heard, speak,
				pen: slider("Pen", { min: 4, max: 20, value: 9, text: (v) => `${v} % of the paper`, change: () => { sketch(); ask(); } }),
				prepare: make("input", { type: "checkbox", checked: true, onchange: change }),
				digit: slider("Test image", {
					max: ready.digits - 1, value: 0, text: (v) => `number ${v}`,
					change: () => { choose(true); ask(); },
				}),
				thicken: slider("Thicken", { min: -2, max: 3, step: 0.25, value: 0, text: signed(" pixels"), change }),
				turn: slider("Turn", { min: -180, max: 180, step: 5, value: 0, text: signed("°"), change }),
				right: slider("Shift to the right", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				down: slider("Shift down", { min: -14, max: 14, value: 0, text: signed(" pixels"), change }),
				noise: slider("Noise", { max: 100, step: 5, value: 0, text: (v) => `in ${v} % of the pixels`, change }),
				source: make("p", { class: "nnplay-note" }),
				seen: make("canvas", { class: "nnplay-seen", width: SIDE * SCALE, height: SIDE * SCALE, role: "img" }),
				hidden: make("canvas", { class: "nnplay-hidden", role: "img" }),
				hiddenNote: make("p", { class: "nnplay-note" }),
				verdict: make("p", { class: "nnplay-verdict" }),
				bars: Array.from({ length: 10 }, () => [make("span", { class: "nnplay-fill" }), make("span", { class: "nnplay-number" })]),
				status: make("p", { class: "nnplay-status", role: "status" }),
			};
			const alter = [ui.thicken, ui.turn, ui.right, ui.down, ui.noise];
			const drawn = make("fieldset", {}, make("legend", {}, "Your drawing"), paper,
				make("div", { class: "nnplay-row" },
					make("button", { type: "button", onclick: () => { strokes = []; choose(false); ask(); } }, "Clear"),
					make("button", { type: "button", onclick: () => { strokes.pop(); choose(false); ask(); } }, "Undo")),
				ui.pen.element,
				make("label", { class: "nnplay-check" }, ui.prepare, "scale and centre it as MNIST was made"));
			const chosen = make("fieldset", {}, make("legend", {}, "Or a test image"), ui.digit.element,
				make("div", { class: "nnplay-row" },
					make("button", { type: "button", onclick: () => step(-1) }, "Previous"),
					make("button", { type: "button", onclick: () => step(1) }, "Next")));
			const altered = make("fieldset", {}, make("legend", {}, "Then change it"), ...alter.map((s) => s.element),
				make("button", { type: "button", onclick: () => { alter.forEach((s) => s.reset()); ask(); } }, "No change"));
			const inside = make("section", { "aria-label": "What the network makes of it" },
				make("p", { class: "nnplay-head" }, "What the network sees"), ui.seen, ui.source,
				make("p", { class: "nnplay-head" }, "Hidden activations"), ui.hidden, ui.hiddenNote);
			const outside = make("section", { "aria-label": "What it answers" },
				make("p", { class: "nnplay-head" }, "Its ten outputs"), ui.verdict,
				make("ol", { class: "nnplay-bars", start: 0 }, ...ui.bars.map(([fill, number], digit) =>
					make("li", {}, make("span", { class: "nnplay-digit" }, String(digit)),
						make("span", { class: "nnplay-bar" }, fill), number))));
			open(root, make("div", { class: "nnplay-columns" },
				drawn, outside, inside, chosen, altered), ui.status, heard);
			sketch();
			ask();
		}

		function step(by) {
			ui.digit.set(ui.digit.get() + (fromTest ? by : 0));
			choose(true);
			ask();
		}

		function choose(test) {
			fromTest = test;
			sketch();
		}

		// Where the pointer is, as shares of the paper.
		function place(event) {
			const area = ui.paper.getBoundingClientRect();
			const share = (v) => Math.round(Math.min(Math.max(v, -1), 2) * 1e4) / 1e4;
			return [share((event.clientX - area.left) / area.width), share((event.clientY - area.top) / area.height)];
		}

		let pointer = null; // the one that draws
		function down(event) {
			if (pointer !== null && !event.isPrimary || event.button !== 0) return; // of one that was lost nothing more is heard
			event.preventDefault();
			pointer = event.pointerId;
			ui.paper.setPointerCapture(pointer);
			strokes.push([place(event)]);
			choose(false);
			ask();
		}
		function move(event) {
			if (event.pointerId !== pointer) return;
			const stroke = strokes.at(-1);
			const events = event.getCoalescedEvents?.() ?? [];
			for (const e of events.length ? events : [event]) {
				const [x, y] = place(e), [x0, y0] = stroke.at(-1);
				if (Math.hypot(x - x0, y - y0) > 0.004) stroke.push([x, y]); // a ninth of a pixel of the network's
			}
			sketch();
			ask();
		}
		function up(event) {
			if (event.pointerId === pointer) pointer = null;
		}

		// sketch draws the strokes on the paper, at once, whatever the engine does.
		function sketch() {
			const c = ui.paper.getContext("2d"), size = ui.paper.width;
			c.clearRect(0, 0, size, size);
			ui.paper.classList.toggle("nnplay-aside", fromTest);
			c.lineWidth = ui.pen.get() / 100 * size;
			c.lineCap = c.lineJoin = "round";
			c.strokeStyle = fromTest ? "#ccc" : "#222";
			for (const stroke of strokes) {
				c.beginPath();
				c.moveTo(stroke[0][0] * size, stroke[0][1] * size);
				for (const [x, y] of stroke) c.lineTo(x * size, y * size);
				c.stroke();
			}
			if (!strokes.length) {
				c.fillStyle = "#767676";
				c.font = `${size / 14}px sans-serif`;
				c.textAlign = "center";
				c.fillText("draw a digit here", size / 2, size / 2);
			}
		}

		function ask() {
			if (asked) { again = true; return; }
			again = false;
			const message = {
				kind: "draw", thicken: ui.thicken.get(), turn: ui.turn.get(),
				right: ui.right.get(), down: ui.down.get(), noise: ui.noise.get(),
			};
			if (fromTest) message.digit = ui.digit.get();
			else Object.assign(message, { strokes, pen: ui.pen.get() / 100, prepare: ui.prepare.checked });
			asked = say(message);
			clearTimeout(late);
			late = setTimeout(() => {
				asked = 0;
				ui.status.textContent = "No answer yet. If what runs here has stopped, start it again.";
			}, 3000);
		}

		function settle(n) {
			if (n && n !== asked) return;
			clearTimeout(late);
			asked = 0;
			if (again) ask();
		}

		function complain(message) {
			if (!ui) { root.textContent = message.text; return; }
			ui.status.textContent = message.text;
			settle(message.n);
		}

		function answer(m) {
			if (!ui || m.n !== asked) return;
			ui.status.textContent = "";
			showPicture(Uint8Array.from(atob(m.pixels), (c) => c.charCodeAt(0)));
			showHidden(m.hidden ?? []);
			const waits = m.blank && !fromTest && root.dataset.blank; // a page may ask for a digit in place of what the network makes of none
			m.outputs.forEach((output, digit) => {
				if (waits) output = 0;
				const [fill, number] = ui.bars[digit];
				fill.style.inlineSize = `${100 * output}%`;
				number.textContent = output.toFixed(2);
				fill.closest("li").classList.toggle("nnplay-top", digit === m.answer && !waits);
			});
			const output = m.outputs[m.answer].toFixed(2);
			const verdict = waits ? root.dataset.blank : `It answers ${m.answer}, with an output of ${output}.` +
				(m.blank ? " There is nothing on the paper." : "") +
				(m.label === null ? "" : m.label === m.answer ? " That is right." : ` It is a ${m.label}.`);
			ui.verdict.replaceChildren(...(waits ? [] : [make("strong", {}, String(m.answer)), " "]), verdict);
			ui.source.textContent = fromTest ? `Test image ${ui.digit.get()}, a ${m.label}.`
				: ui.prepare.checked ? "Your drawing, scaled into the dashed box and centred." : "Your drawing, where it stands.";
			ui.speak(verdict);
			settle(m.n);
		}

		function showPicture(pixels) {
			const c = ui.seen.getContext("2d");
			pixels.forEach((ink, k) => {
				c.fillStyle = `rgb(${255 - ink} ${255 - ink} ${255 - ink})`;
				c.fillRect(k % SIDE * SCALE, Math.floor(k / SIDE) * SCALE, SCALE, SCALE);
			});
			c.strokeStyle = "#d55e00";
			c.setLineDash([SCALE, SCALE]);
			c.strokeRect((SIDE - BOX) / 2 * SCALE, (SIDE - BOX) / 2 * SCALE, BOX * SCALE, BOX * SCALE);
			ui.seen.setAttribute("aria-label", `The picture of ${SIDE} by ${SIDE} pixels, ${
				pixels.filter((ink) => ink > 0).length} of them with ink.`);
		}

		function showHidden(activations) {
			const columns = Math.ceil(Math.sqrt(activations.length)), c = ui.hidden.getContext("2d");
			ui.hidden.width = columns * 2 * SCALE;
			ui.hidden.height = Math.ceil(activations.length / columns) * 2 * SCALE;
			activations.forEach((a, j) => {
				const grey = Math.round(255 * (1 - a));
				c.fillStyle = `rgb(${grey} ${grey} ${grey})`;
				c.fillRect(j % columns * 2 * SCALE + 1, Math.floor(j / columns) * 2 * SCALE + 1, 2 * SCALE - 2, 2 * SCALE - 2);
			});
			ui.hiddenNote.textContent = `White is 0, black is 1. ${
				activations.filter((a) => a > 0.5).length} of ${activations.length} neurons are above ½.`;
			ui.hidden.setAttribute("aria-label", ui.hiddenNote.textContent);
		}
	}

	// ---- Turn the knobs ----

	const ETAS = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 30, 100];
	const BATCHES = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
	const EPOCHS = 30;
	const AT_FIRST = [ // the two networks of the book's chapter 5
		{ hidden: 15, eta: 3, batch: 10, init: "normal", seed: 0 },
		{ hidden: 15, eta: 3, batch: 10, init: "scaled", seed: 0 },
	];

	function knobs(root, port) {
		const say = connect(port, start, { begun: progress, count: progress, paused: progress, error: complain });
		let ui, drawing = 0;

		function start(ready) {
			const [heard, speak] = speaker();
			const columns = AT_FIRST.map((first, number) => column(number, first, ready));
			const chart = svg("svg", { viewBox: "0 0 640 330", role: "img", class: "nnplay-chart" });
			const table = make("table", {});
			const more = make("details", { ontoggle: show }, make("summary", {}, "All numbers"), table);
			const status = make("p", { class: "nnplay-status", role: "status" });
			ui = { columns, chart, table, more, status, speak };
			open(root, make("div", { class: "nnplay-columns" }, ...columns.map((c) => c.element)),
				make("p", { class: "nnplay-note" }, `Trained on ${thousands(ready.images)} images (${ready.source}). Test images recognised, in percent:`),
				chart, ...columns.map((c) => c.line), status, more, heard);
			show();
		}

		// column has the knobs of one run, and what it has reached.
		function column(number, first, ready) {
			const name = "AB"[number];
			const r = { name, state: "idle", n: 0, counts: [], untrained: null, of: ready.digits };
			const restart = () => begin(number);
			const hidden = slider("Hidden neurons", { min: 1, max: 100, value: first.hidden, change: restart });
			const eta = slider("Learning rate η", { list: ETAS, value: first.eta, change: restart });
			const batch = slider("Mini-batch", {
				list: BATCHES.filter((b) => b <= ready.images), value: first.batch,
				text: (v) => `${v} image${v > 1 ? "s" : ""}`, change: restart,
			});
			const seed = slider("Seed", { max: 20, value: first.seed, change: restart });
			const init = make("select", { onchange: restart },
				...[["normal", "variance 1"], ["scaled", "scaled, 1/n_in"]].map(([value, text]) =>
					make("option", { value, selected: value === first.init }, text)));
			r.knobs = () => ({ hidden: hidden.get(), eta: eta.get(), batch: batch.get(), init: init.value, seed: seed.get() });
			r.again = make("button", { type: "button", onclick: restart }, `Train ${name} from the start`);
			r.go = make("button", { type: "button", disabled: true, onclick: () => stopOrGoOn(number) }, `Stop ${name}`);
			r.text = make("span", {}, "not trained yet: move a knob, or press the button");
			r.line = make("p", { class: `nnplay-line nnplay-run-${name}` }, sample(number), make("strong", {}, `${name}: `), r.text);
			r.element = make("fieldset", { class: `nnplay-run-${name}` }, make("legend", {}, `Run ${name}`),
				make("div", { class: "nnplay-knobs" }, hidden.element, eta.element, batch.element,
					make("label", { class: "nnplay-slider" }, make("span", {}, "Initial weights"), init), seed.element),
				make("div", { class: "nnplay-row" }, r.again, r.go));
			return r;
		}

		const sample = (number) => svg("svg", { class: "nnplay-sample", viewBox: "0 0 44 10", "aria-hidden": "true" },
			svg("line", { x1: 2, x2: 42, y1: 5, y2: 5, class: `nnplay-curve-${"AB"[number]}` }));

		function begin(number) {
			const r = ui.columns[number];
			r.n = say({ kind: "train", run: number, epochs: EPOCHS, knobs: r.knobs() });
			Object.assign(r, { state: "trains", counts: [], untrained: null });
			show();
		}

		function stopOrGoOn(number) {
			const r = ui.columns[number];
			if (r.state === "trains") {
				say({ kind: "pause", run: number });
				r.state = "stops";
			} else {
				say({ kind: "continue", run: number, epochs: EPOCHS });
				r.state = "trains";
			}
			show();
		}

		function progress(m) {
			const r = ui?.columns[m.run];
			if (!r || m.n !== r.n) return; // of knobs as they were
			if (m.kind === "count") {
				if (m.epochs === 0) r.untrained = m.count;
				else r.counts[m.epochs - 1] = m.count;
			} else if (m.kind === "paused") {
				r.state = "paused";
				r.weights = m.weights;
				ui.speak(`Run ${r.name} has stopped. ${said(r)}`);
			}
			ui.status.textContent = "";
			show();
		}

		function complain(m) {
			if (ui) ui.status.textContent = m.text;
			else root.textContent = m.text;
		}

		// said is what a run has reached, in words: the last line of its transcript.
		function said(r) {
			const { hidden, eta, batch, init, seed } = r.knobs();
			const which = `${hidden} hidden, η = ${eta}, mini-batch ${batch}, ${init === "scaled" ? "scaled weights" : "weights of variance 1"}, seed ${seed}`;
			const last = r.counts.length - 1;
			if (last >= 0) return `Epoch ${last} : ${r.counts[last]} / ${r.of} (${which})`;
			return r.untrained === null ? `begins (${which})` : `untrained : ${r.untrained} / ${r.of} (${which})`;
		}

		// show draws all anew, once for all that comes between two frames.
		function show() {
			cancelAnimationFrame(drawing);
			drawing = requestAnimationFrame(() => {
				for (const r of ui.columns) {
					r.go.disabled = r.state === "idle" || r.state === "stops";
					r.go.textContent = r.state === "paused" ? `Continue ${r.name}` : r.state === "stops" ? "Stops after this epoch" : `Stop ${r.name}`;
					if (r.state !== "idle") r.text.textContent = said(r) + (r.state === "paused" ? `. Weights: SHA-256 ${r.weights.slice(0, 12)}…` : "");
				}
				showChart();
				if (ui.more.open) showTable();
			});
		}

		function showChart() {
			const all = ui.columns.flatMap((r) => r.counts.map((c) => 100 * c / r.of));
			const low = [95, 90, 80, 50].find((v) => Math.min(...all, 100) >= v && all.length) ?? 0;
			const epochs = Math.max(EPOCHS, ...ui.columns.map((r) => r.counts.length));
			const x = (epoch) => 46 + 560 * epoch / (epochs - 1), y = (percent) => 290 - 270 * (percent - low) / (100 - low);
			const text = (content, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor }, content);
			const parts = [];
			for (let i = 0; i <= 5; i++) {
				const percent = low + (100 - low) * i / 5;
				parts.push(svg("line", { class: "nnplay-grid", x1: x(0), x2: x(epochs - 1), y1: y(percent), y2: y(percent) }),
					text(`${percent}`, 38, y(percent) + 5, "end"));
			}
			const tick = [1, 5, 10, 20, 50, 100, 500].find((t) => epochs / t <= 8) ?? 1000;
			for (let epoch = 0; epoch < epochs; epoch += tick) parts.push(text(`${epoch}`, x(epoch), 308, "middle"));
			parts.push(text("epoch", x((epochs - 1) / 2), 326, "middle"));
			const [lastA, lastB] = ui.columns.map((r) => r.counts.at(-1));
			for (const r of ui.columns) {
				if (!r.counts.length) continue;
				const lower = (r.name === "A") === lastA < lastB; // its name stands below the curve
				const points = r.counts.map((c, epoch) => [x(epoch), y(100 * c / r.of)]), [endX, endY] = points.at(-1);
				parts.push(svg("polyline", { class: `nnplay-curve-${r.name}`, points: points.map((p) => p.map((v) => v.toFixed(1)).join(",")).join(" ") }),
					svg("circle", { class: `nnplay-end-${r.name}`, cx: endX, cy: endY, r: 4 }),
					text(r.name, endX + 4, endY + (lower ? 20 : -9), "start"));
			}
			ui.chart.replaceChildren(...parts);
			ui.chart.setAttribute("aria-label", `Test images recognised after each epoch. ${ui.columns.map((r) => `${r.name}: ${r.text.textContent}`).join(". ")}`);
		}

		function showTable() {
			const rows = Math.max(0, ...ui.columns.map((r) => r.counts.length));
			const cells = (tag, ...texts) => texts.map((t, i) => make(i ? tag : "th", { scope: tag === "th" ? "col" : i ? false : "row" }, t));
			ui.table.replaceChildren(make("thead", {}, make("tr", {}, ...cells("th", "epoch", "A", "B"))),
				make("tbody", {}, ...Array.from({ length: rows }, (_, epoch) =>
					make("tr", {}, ...cells("td", String(epoch), ...ui.columns.map((r) => String(r.counts[epoch] ?? "")))))));
		}
	}

	globalThis.nnbookPlay = { draw, knobs };
})();
