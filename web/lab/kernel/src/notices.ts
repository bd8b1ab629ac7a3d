// What a notebook's reader is told above it: that the site's chapter is newer than the reader's copy, which the
// browser shows in its place; that this window keeps nothing. And the way back to the original.

interface Panel { isDisposed: boolean; contentHeader: any; context: any }

const LOOKS = "padding: 6px 12px; background: var(--jp-layout-color2); color: var(--jp-ui-font-color1); border-bottom: 1px solid var(--jp-border-color1);"
	+ "font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); line-height: 1.6;";

export function notices(app: any, menu: any, Widget: any, base: string) {
	const { contents } = app.serviceManager;
	const lab = new URL("../../../", base); // the folder that JupyterLite lies in
	const place = (path: string) => `nnbook ${lab.pathname} ${path}`;
	const seen = (path: string) => { try { return localStorage.getItem(place(path)); } catch { return null; } };
	const remember = (path: string, version: string) => { try { localStorage.setItem(place(path), version); } catch { /* nothing is kept */ } };
	const versions: Promise<Record<string, string>> = fetch(new URL("../notebooks.json", base), { cache: "no-cache" }).then((answer) => answer.json()).catch(() => ({}));
	// Past the browser's copy of the file, which is made new with it.
	const original = async (path: string) => (await fetch(new URL(`files/${path}`, lab), { cache: "no-cache" })).json();

	// tell shows one line, with buttons that end it.
	function tell(panel: Panel, text: string, buttons: Record<string, () => unknown> = {}) {
		if (panel.isDisposed) return;
		const line = new Widget();
		line.addClass("nnbook-notice");
		line.node.setAttribute("role", "status");
		const words = document.createElement("div");
		words.style.cssText = LOOKS;
		words.append(text);
		line.node.append(words);
		for (const [name, does] of Object.entries({ ...buttons, Close: () => {} })) {
			const button = document.createElement("button");
			button.textContent = name;
			button.style.marginLeft = "6px";
			button.onclick = () => { line.dispose(); does(); };
			words.append(button);
		}
		panel.contentHeader.addWidget(line);
		new ResizeObserver(() => { // on a narrow page it takes several lines
			line.node.style.minHeight = `${words.offsetHeight}px`;
			panel.contentHeader.fit();
		}).observe(words);
	}

	async function look(panel: Panel) {
		await panel.context.ready;
		if (!await keeps) tell(panel, "This window keeps nothing: download the notebook (in the menu File) before you close it.");
		const path = panel.context.path, version = (await versions)[path];
		if (!version || seen(path) === version) return;
		if (same(await original(path), panel.context.model.toJSON())) return remember(path, version);
		tell(panel, "This is your copy of the chapter, and the site has a newer one.", { "Show the newer one, and keep mine": () => reset(panel) });
	}

	async function reset(panel: Panel) {
		const { context } = panel, { path } = context, version = (await versions)[path];
		if (!version) return tell(panel, "This notebook is your own: the site has no original of it.");
		const site = await original(path).catch(() => undefined);
		if (!site) return tell(panel, "The original cannot be fetched. When the connection is back, try again.");
		const mine = context.model.toJSON();
		if (!same(site, mine)) {
			const copy = await free(path);
			await contents.save(copy, { type: "notebook", format: "json", content: mine });
			const name = copy.split("/").pop();
			tell(panel, `This is the original. Your copy is kept as “${name}”.`, { "Open my copy": () => app.commands.execute("docmanager:open", { path: copy }) });
		} else tell(panel, "This is the original.");
		await contents.delete(path); // of the browser's copies; the site's shows again
		await context.revert();
		remember(path, version);
	}

	// free returns a name that is not taken.
	async function free(path: string) {
		for (let i = 1; ; i++) {
			const copy = path.replace(/\.ipynb$/, i === 1 ? " (mine).ipynb" : ` (mine ${i}).ipynb`);
			if (!await contents.get(copy, { content: false }).catch(() => undefined)) return copy;
		}
	}

	const notebook = (panel: any) => panel?.contentHeader && panel.context?.path?.endsWith(".ipynb");
	const looked = new WeakSet<Panel>();
	const meet = (panel: any) => {
		if (!notebook(panel) || looked.has(panel)) return;
		looked.add(panel);
		look(panel).catch((error) => console.info(`the site's version of the notebook is not known: ${error}`));
	};
	app.shell.currentChanged?.connect((_: unknown, { newValue }: any) => meet(newValue));
	app.restored.then(() => { for (const panel of app.shell.widgets("main")) meet(panel); }); // in a window behind others, none is current
	app.commands.addCommand("nnbook:reset", {
		label: "Reset to the Original",
		caption: "Shows the chapter as the site has it, and keeps your copy beside it",
		isEnabled: () => notebook(app.shell.currentWidget),
		execute: () => reset(app.shell.currentWidget),
	});
	menu?.fileMenu.addGroup([{ command: "nnbook:reset" }], 5);
}

const joined = (text: string | string[]) => typeof text === "string" ? text : text.join("");

// same reports whether two notebooks say the same, whatever their cells have printed.
const same = (a: any, b: any) => {
	const said = (notebook: any) => JSON.stringify(notebook.cells.map((cell: any) => [cell.cell_type, joined(cell.source)]));
	return said(a) === said(b);
};

// Whether this window has the store in which JupyterLite keeps notebooks.
const keeps = new Promise<boolean>((resolve) => {
	try {
		const request = indexedDB.open("nnbook");
		request.onsuccess = () => { request.result.close(); resolve(true); };
		request.onerror = () => resolve(false);
	} catch { resolve(false); }
});
