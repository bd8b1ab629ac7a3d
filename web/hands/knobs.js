// Turn the knobs: two trainings side by side, what goes on inside them, and runs that are kept to
// be compared. play.js says how it is opened, nb/play/session.go what is said to the engine.
(() => {
	"use strict";

	const { connect, make, svg, speaker, open, thousands } = nnbookPlay;

	const upTo = (n) => Array.from({ length: n + 1 }, (_, i) => i);
	// Each knob: its label, the values of its slider (any other in between can be typed), and whether it is a whole number.
	const KNOBS = [
		["hidden1", "Hidden neurons", upTo(100), true],
		["hidden2", "Second hidden layer", upTo(100), true],
		["hidden3", "Third hidden layer", upTo(100), true],
		["eta", "Learning rate η", [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.5, 1, 2, 3, 5, 10, 30, 100, 300, 1000], false],
		["batch", "Mini-batch", [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000], true],
		["lambda", "Regularisation λ", [0, 0.1, 0.3, 1, 2, 5, 10, 25, 50, 100], false],
		["images", "Training images", [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000], true],
		["seed", "Seed", upTo(20), true],
	];
	const CHOICES = [
		["cost", "Cost", [["quadratic", "quadratic"], ["cross-entropy", "cross-entropy"]]],
		["init", "Initial weights", [["normal", "variance 1"], ["scaled", "scaled, 1/n_in"]]],
	];
	const EPOCHS = 30;
	const MOST = 512; // points of a curve: of more, every second is dropped
	const SIDE = 28;  // of a picture of weights
	// How curves are told apart, by colour and dash together: A, B, then the runs that are kept.
	const STYLES = [["a", ""], ["b", "9 4"], ["c", "2 3"], ["d", "10 3 2 3"], ["ink", "5 2"],
		["a", "10 3 2 3"], ["b", "2 3"], ["c", "9 4"], ["d", ""], ["ink", "10 3 2 3"]];

	function knobs(root, port) {
		const say = connect(port, start, { begun: progress, count: progress, paused: progress, weights, kept, csv, error: complain });
		let ui, drawing = 0;

		function start(ready) {
			const columns = ready.first.map((values, number) => column(number, values, ready));
			const [heard, speak] = speaker();
			const transcripts = ready.transcripts ?? [];
			ui = {
				columns, speak, transcripts, of: ready.validation, kept: ready.kept ?? [],
				accuracy: svg("svg", { viewBox: "0 0 440 300", role: "img", class: "nnplay-chart" }),
				cost: svg("svg", { viewBox: "0 0 440 300", role: "img", class: "nnplay-chart" }),
				differ: make("p", { class: "nnplay-note" }),
				compared: make("tbody"),
				table: make("table"),
				export: make("button", { type: "button", onclick: () => say({ kind: "export" }) }, "Save the kept runs as CSV"),
				status: make("p", { class: "nnplay-status", role: "status" }),
			};
			ui.more = make("details", { ontoggle: show }, make("summary", {}, "All numbers"), make("div", { class: "nnplay-wide" }, ui.table));
			const panel = (title, chart) => make("section", { "aria-label": title }, make("p", { class: "nnplay-head" }, title), chart);
			open(root,
				...(transcripts.length ? [make("div", { class: "nnplay-row", role: "group", "aria-label": "The book’s own runs" },
					make("span", {}, "The book’s own runs, in A:"), ...transcripts.map((t, i) =>
						make("button", { type: "button", onclick: () => repeat(i) }, t.name)))] : []),
				make("div", { class: "nnplay-pair" }, panel("Images recognised, in percent", ui.accuracy), panel("Mean cost", ui.cost)),
				make("p", { class: "nnplay-note" }, `Thick lines: ${thousands(ready.validation)} validation images, which no run trains on. Thin lines: images it trains on (${ready.source}).`),
				...columns.map((c) => c.line), ui.differ,
				make("div", { class: "nnplay-pair" }, ...columns.map((c) => c.element)),
				make("div", { class: "nnplay-wide" }, make("table", { class: "nnplay-compared" },
					make("thead", {}, make("tr", {}, ...["run", "knobs", "epoch", "recognised", "in training", "cost", "in training", ""].map((t) =>
						t ? make("th", { scope: "col" }, t) : make("td")))), ui.compared)),
				make("div", { class: "nnplay-row" }, ui.export), ui.status, ui.more, heard);
			show();
		}

		// column has the knobs of one run, what it has reached, and what is inside.
		function column(number, values, ready) {
			const name = "AB"[number];
			const r = { number, name, state: "idle", n: 0, points: [], about: "", of: ready.validation, weights: null, transcript: null };
			const change = () => begin(number);
			const refuse = (text) => { r.wrong.textContent = text; };
			const inputs = {};
			for (const [id, label, list, whole] of KNOBS) {
				const here = id === "images" ? [...list.filter((v) => v < ready.images), ready.images] : list;
				inputs[id] = knob(label, { list: here, whole, change, refuse });
			}
			for (const [id, label, options] of CHOICES) inputs[id] = choice(label, options, change);
			r.knobs = () => {
				const v = Object.fromEntries(Object.entries(inputs).map(([id, input]) => [id, input.get()]));
				const { hidden1, hidden2, hidden3, ...rest } = v;
				return { hidden: [hidden1, hidden2, hidden3].filter((size) => size !== 0), ...rest };
			};
			r.set = ({ hidden, ...rest }) => {
				[1, 2, 3].forEach((layer) => inputs[`hidden${layer}`].set(hidden[layer - 1] ?? 0));
				for (const [id, value] of Object.entries(rest)) inputs[id].set(value);
			};
			r.set(values);
			r.wrong = make("p", { class: "nnplay-status", role: "alert" });
			r.go = make("button", { type: "button", disabled: true, onclick: () => stopOrGoOn(number) }, `Stop ${name}`);
			r.keep = make("button", { type: "button", disabled: true, onclick: () => keep(r) }, `Keep ${name}`);
			r.title = make("input", { type: "text", maxlength: 40, "aria-label": `Name for ${name}`, placeholder: "name" });
			r.title.addEventListener("keydown", (event) => { if (event.key === "Enter" && !r.keep.disabled) keep(r); });
			r.copy = make("button", { type: "button", onclick: () => { r.set(ui.columns[1 - number].knobs()); begin(number); } }, `Same as ${"BA"[number]}`);
			r.text = make("span", {}, "not trained yet: move a knob, or press the button");
			r.sha = make("span", { class: "nnplay-note" });
			r.line = make("p", { class: `nnplay-line nnplay-run-${name}` }, sample(number), make("strong", {}, `${name}: `), r.text, r.sha);
			r.lines = make("ol", { class: "nnplay-lines" });
			r.saturated = make("ul", { class: "nnplay-bars" });
			r.canvas = make("canvas", { class: "nnplay-weights", role: "img", "aria-label": "No weights yet", hidden: true });
			r.inside = make("p", { class: "nnplay-note" });
			r.element = make("fieldset", { class: `nnplay-run-${name}` }, make("legend", {}, `Run ${name}`),
				make("div", { class: "nnplay-knobs" }, ...Object.values(inputs).map((input) => input.element)), r.wrong,
				make("div", { class: "nnplay-row" }, make("button", { type: "button", class: "nnplay-first", onclick: change }, `Train ${name} from the start`), r.go, r.copy),
				make("div", { class: "nnplay-row" }, r.title, r.keep), r.lines, r.saturated, r.canvas, r.inside);
			return r;
		}

		// knob returns a number that can be typed, or chosen by a slider among those of the list.
		function knob(label, { list, whole, change, refuse }) {
			let value = list[0];
			const typed = make("input", { type: "text", inputmode: whole ? "numeric" : "decimal", autocomplete: "off", "aria-label": label });
			const range = make("input", { type: "range", min: 0, max: list.length - 1, "aria-label": label });
			const set = (v) => {
				value = v;
				typed.value = v;
				typed.removeAttribute("aria-invalid");
				range.value = Math.max(0, list.findLastIndex((other) => other <= v));
				range.setAttribute("aria-valuetext", v);
			};
			typed.addEventListener("change", () => {
				const v = Number(typed.value.trim() || NaN);
				if (Number.isFinite(v) && !(whole && !Number.isInteger(v))) {
					set(v);
					change();
					return;
				}
				typed.setAttribute("aria-invalid", "true");
				refuse(`${label}: “${typed.value}” is no ${whole ? "whole " : ""}number${whole ? "" : ", such as 0.5"}.`);
			});
			range.addEventListener("input", () => { set(list[+range.value]); change(); });
			return { element: make("div", { class: "nnplay-knob" }, make("span", { "aria-hidden": "true" }, label), range, typed), get: () => value, set };
		}

		function choice(label, options, change) {
			const select = make("select", { onchange: change }, ...options.map(([value, text]) => make("option", { value }, text)));
			return { element: make("label", { class: "nnplay-slider" }, make("span", {}, label), select), get: () => select.value, set: (v) => { select.value = v; } };
		}

		const stroke = (number) => `stroke: var(--${STYLES[number][0]}); stroke-dasharray: ${STYLES[number][1] || "none"}`;
		const sample = (number) => svg("svg", { class: "nnplay-sample", viewBox: "0 0 44 10", "aria-hidden": "true" },
			svg("line", { x1: 2, x2: 42, y1: 5, y2: 5, class: "nnplay-curve", style: stroke(number) }));

		function begin(number, message) {
			const r = ui.columns[number];
			r.transcript = message ? ui.transcripts[message.transcript] : null;
			if (!message && r.knobs().images > ui.transcripts[0]?.knobs.images * 5 / 6) r.set({ ...r.knobs(), images: ui.transcripts[0].knobs.images * 5 / 6 }); // after a transcript
			r.n = say({ kind: "train", run: number, epochs: EPOCHS, knobs: r.knobs(), ...message });
			r.wrong.textContent = "";
			Object.assign(r, { state: "trains", points: [], about: "", of: ui.of, weights: null, sha256: "" });
			show();
		}

		// repeat sets A to a run of the book, and trains it.
		function repeat(transcript) {
			ui.columns[0].set(ui.transcripts[transcript].knobs);
			begin(0, { transcript });
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

		function keep(r) {
			say({ kind: "store", run: r.number, name: r.title.value });
			r.title.value = "";
		}

		function progress(m) {
			const r = ui?.columns[m.run];
			if (!r || m.n !== r.n) return; // of knobs as they were
			Object.assign(r, { about: m.about, of: m.of, trainOf: m.train_of, test: m.test });
			if (m.kind === "count") {
				r.points.push(m);
				if (r.points.length > MOST) r.points = r.points.filter((_, i) => i % 2 === 0 || i === r.points.length - 1);
			} else if (m.kind === "paused") {
				r.state = "paused";
				r.sha256 = m.weights ?? "";
				ui.speak(`Run ${r.name} has stopped. ${said(r)}`);
			}
			ui.status.textContent = "";
			show();
		}

		function weights(m) {
			const r = ui?.columns[m.run];
			if (!r || m.n !== r.n) return;
			r.weights = m;
			show();
		}

		function kept(m) {
			ui.kept = m.kept;
			ui.status.textContent = "";
			show();
		}

		function csv(m) {
			if (m.file) {
				ui.status.textContent = `Saved beside this notebook, as ${m.file}.`;
				return;
			}
			const link = make("a", { href: URL.createObjectURL(new Blob([m.text], { type: "text/csv" })), download: "knobs.csv" });
			link.click();
			setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
		}

		function complain(m) {
			const text = m.text.replace(/^play: /, "");
			if (!ui) { root.textContent = text; return; }
			const r = ui.columns.find((c) => m.n && c.n === m.n);
			if (!r) { ui.status.textContent = text; return; }
			r.wrong.textContent = `${text[0].toUpperCase()}${text.slice(1)}.`;
			r.state = "idle";
			show();
		}

		// said is what a run has reached, in words: the last line of its transcript.
		function said(r) {
			const last = r.points.at(-1);
			if (!last) return "begins";
			return `${last.epochs ? `Epoch ${last.epochs - 1}` : "untrained"} : ${last.count} / ${r.of} (${r.test ? "test images; " : ""}${r.about})`;
		}

		// show draws all anew, once for all that comes between two frames.
		function show() {
			cancelAnimationFrame(drawing);
			drawing = requestAnimationFrame(() => {
				for (const r of ui.columns) {
					r.go.disabled = r.state === "idle" || r.state === "stops";
					r.go.textContent = r.state === "paused" ? `Continue ${r.name}` : `Stop ${r.name}`;
					r.keep.disabled = r.points.length < 2;
					if (r.state !== "idle") r.text.textContent = said(r);
					r.sha.textContent = r.state === "paused" && r.sha256 ? ` Weights: SHA-256 ${r.sha256.slice(0, 12)}…` : "";
					showLines(r);
					showInside(r);
				}
				showDifference();
				const runs = [...ui.columns, ...ui.kept.map((k) => ({ ...k, kept: true }))];
				const curves = runs.map((run, i) => ({ run, i })).filter(({ run }) => run.points.length > 1);
				const percent = (p, run) => [100 * p.count / run.of, 100 * p.train_count / (run.trainOf ?? run.train_of)];
				const all = curves.flatMap(({ run }) => run.points.slice(1).flatMap((p) => percent(p, run)));
				const low = [95, 90, 80, 50].find((v) => all.length && Math.min(...all) >= v) ?? 0;
				showChart(ui.accuracy, "Images recognised", curves, percent, low, 100);
				const costs = curves.flatMap(({ run }) => run.points.slice(1).flatMap((p) => [p.cost, p.train_cost]));
				showChart(ui.cost, "Mean cost", curves, (p) => [p.cost, p.train_cost], 0, roundUp(Math.max(...costs, 0) || 1));
				showCompared(runs);
				ui.export.disabled = !ui.kept.length;
				if (ui.more.open) showTable();
			});
		}

		// roundUp is the next number 1, 2 or 5 times a power of ten.
		function roundUp(v) {
			const power = 10 ** Math.floor(Math.log10(v));
			return [1, 2, 5, 10].map((f) => f * power).find((top) => top >= v);
		}

		// showLines compares a transcript with what it is to be.
		function showLines(r) {
			const t = r.transcript;
			r.lines.replaceChildren(...(t?.lines ?? []).map(([epoch, count]) => {
				const p = r.points.find((q) => q.epochs === epoch + 1);
				const verdict = !p ? "" : p.count === count ? ` ✓ as ${t.from === "the page" ? "published" : `in ${t.from}`}` : ` ✗ ${t.from} has ${count}`;
				return make("li", {}, `Epoch ${epoch} : ${p ? `${p.count} / ${r.of}` : "…"}`, make("strong", {}, verdict));
			}));
		}

		function showInside(r) {
			const shares = r.points.at(-1)?.saturated ?? [];
			r.saturated.replaceChildren(...shares.map((share, i) => {
				const fill = make("span", { class: "nnplay-fill" });
				fill.style.inlineSize = `${100 * share}%`;
				return make("li", {}, make("span", {}, shares.length > 1 ? `Layer ${i + 2} saturated` : "Saturated"),
					make("span", { class: "nnplay-bar" }, fill), make("span", { class: "nnplay-number" }, `${Math.round(100 * share)} %`));
			}));
			const m = r.weights;
			r.canvas.hidden = !m;
			r.inside.textContent = "";
			if (!m) return;
			const pixels = Int8Array.from(atob(m.pixels), (c) => c.charCodeAt(0)), count = pixels.length / SIDE ** 2;
			const columns = Math.min(count, count > 40 ? 10 : 5), step = SIDE + 2;
			[r.canvas.width, r.canvas.height] = [columns * step, Math.ceil(count / columns) * step];
			r.canvas.style.maxInlineSize = `${columns * (count > 40 ? 36 : 64)}px`;
			const image = new ImageData(r.canvas.width, r.canvas.height);
			pixels.forEach((v, k) => {
				const neuron = Math.floor(k / SIDE ** 2), place = k % SIDE ** 2;
				const x = neuron % columns * step + 1 + place % SIDE, y = Math.floor(neuron / columns) * step + 1 + Math.floor(place / SIDE);
				image.data.set(colour(v), 4 * (y * image.width + x));
			});
			r.canvas.getContext("2d").putImageData(image, 0, 0);
			const whose = m.hidden ? `hidden neuron${m.of > 1 ? "s" : ""}` : "outputs";
			r.inside.textContent = `The weights of ${count < m.of ? `the first ${count} of ` : ""}${m.of} ${whose}, each as a picture: blue is below 0, orange above, strongest at ±${m.scale.toPrecision(2)}.`;
			r.canvas.setAttribute("aria-label", r.inside.textContent);
		}

		// colour is as the book's figures have it: from blue over white to orange; grey is no number.
		function colour(v) {
			if (v === -128) return [119, 119, 119, 255];
			const end = v < 0 ? [0, 114, 178] : [213, 94, 0], t = Math.abs(v) / 127;
			return [...end.map((c) => Math.round(255 + t * (c - 255))), 255];
		}

		// showDifference names the knobs by which A and B differ: one, if a run is to tell something.
		function showDifference() {
			const [a, b] = ui.columns.map((r) => r.knobs()), names = { hidden: "hidden layers" };
			for (const [id, label] of [...KNOBS, ...CHOICES]) names[id] ??= label[0].toLowerCase() + label.slice(1);
			const differ = Object.keys(a).filter((id) => String(a[id]) !== String(b[id])).map((id) => names[id]);
			ui.differ.textContent = ui.columns.some((r) => r.transcript && r.state !== "idle")
				? "A repeats a run of the book: it trains on all images and counts test images, by which nothing is chosen."
				: differ.length ? `A and B differ in ${differ.length === 1 ? "one knob" : `${differ.length} knobs`}: ${differ.join(", ")}.${
					a.cost !== b.cost ? " Compare no costs of two kinds." : ""}` : "A and B have the same knobs.";
		}

		// showChart draws of each run the two values that are asked for: of validation and of training images.
		function showChart(chart, what, curves, values, low, high) {
			const epochs = Math.max(EPOCHS, ...curves.map(({ run }) => run.points.at(-1).epochs));
			const x = (epoch) => 48 + 362 * epoch / (epochs - 1), y = (v) => 262 - 246 * (Math.min(v, high) - low) / (high - low);
			const text = (content, x, y, anchor) => svg("text", { x, y, "text-anchor": anchor }, content);
			const parts = [];
			for (let i = 0; i <= 5; i++) {
				const v = low + (high - low) * i / 5;
				parts.push(svg("line", { class: "nnplay-grid", x1: x(0), x2: x(epochs - 1), y1: y(v), y2: y(v) }), text(`${+v.toPrecision(3)}`, 40, y(v) + 5, "end"));
			}
			const tick = [5, 10, 20, 50, 100, 200, 500].find((t) => epochs / t <= 7) ?? 1000;
			for (let epoch = 0; epoch < epochs; epoch += tick) parts.push(text(`${epoch}`, x(epoch), 281, "middle"));
			parts.push(text("epoch", x((epochs - 1) / 2), 297, "middle"));
			const ends = [];
			for (const { run, i } of curves) {
				const points = run.points.filter((p) => p.epochs > 0).map((p) => [x(p.epochs - 1), ...values(p, run).map(y)]);
				for (const [which, name] of [[2, "nnplay-curve nnplay-thin"], [1, "nnplay-curve"]]) {
					parts.push(svg("polyline", { class: `${name} nnplay-curve-${run.kept ? "kept" : run.name}`, style: stroke(i),
						points: points.map((p) => `${p[0].toFixed(1)},${p[which].toFixed(1)}`).join(" ") }));
				}
				const [endX, endY] = points.at(-1);
				parts.push(svg("circle", { cx: endX, cy: endY, r: 4, style: `fill: var(--${STYLES[i][0]})` }));
				ends.push({ name: run.kept ? `${i - 1}` : run.name, x: endX + 7, y: endY + 5 });
			}
			ends.sort((p, q) => p.y - q.y).forEach((p, i) => { // names that would lie on each other move apart
				if (i && p.y < ends[i - 1].y + 14 && Math.abs(p.x - ends[i - 1].x) < 20) p.y = ends[i - 1].y + 14;
				parts.push(text(p.name, p.x, p.y, "start"));
			});
			chart.replaceChildren(...parts);
			const told = curves.map(({ run }) => `${run.name}: ${values(run.points.at(-1), run).map((v) => v.toPrecision(3)).join(", in training ")}`);
			chart.setAttribute("aria-label", `${what} after each epoch. ${told.join(". ")}`);
		}

		function showCompared(runs) {
			ui.compared.replaceChildren(...runs.map((run, i) => {
				const p = run.points.at(-1), trained = run.points.length > 1;
				const percent = (count, of) => (trained ? `${(100 * count / of).toFixed(2)} %` : "");
				const label = run.kept ? `${i - 1}. ${run.name}` : run.name;
				const texts = [run.kept && run.name === run.about ? "" : run.about, trained ? String(p.epochs - 1) : "",
					trained ? percent(p.count, run.of) + (run.test ? " of test images" : "") : "", trained ? percent(p.train_count, run.trainOf ?? run.train_of) : "",
					trained ? p.cost.toFixed(3) : "", trained ? p.train_cost.toFixed(3) : ""];
				return make("tr", {}, make("th", { scope: "row" }, sample(i), label), ...texts.map((t) => make("td", {}, t)),
					make("td", {}, ...(run.kept ? [make("button", { type: "button", "aria-label": `Remove ${run.name}`, onclick: () => say({ kind: "discard", id: run.id }) }, "Remove")] : [])));
			}));
		}

		function showTable() {
			const epochs = [...new Set(ui.columns.flatMap((r) => r.points.map((p) => p.epochs)))].filter((e) => e > 0).sort((p, q) => p - q);
			const cells = (tag, ...texts) => texts.map((t, i) => make(i ? tag : "th", { scope: tag === "th" ? "col" : i ? false : "row" }, t));
			const found = ui.columns.map((r) => new Map(r.points.map((p) => [p.epochs, p])));
			ui.table.replaceChildren(make("thead", {}, make("tr", {}, ...cells("th", "epoch", "A", "A’s cost", "B", "B’s cost"))),
				make("tbody", {}, ...epochs.map((epoch) => make("tr", {}, ...cells("td", String(epoch - 1),
					...found.flatMap((points) => [String(points.get(epoch)?.count ?? ""), points.get(epoch)?.cost.toFixed(4) ?? ""]))))));
		}
	}

	nnbookPlay.knobs = knobs;
})();
