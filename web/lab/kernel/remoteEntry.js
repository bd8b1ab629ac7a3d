// What JupyterLab loads of an extension: a container of module federation, by hand, as there is one
// module and nothing to bundle.
(() => {
	const base = new URL(".", document.currentScript.src).href;
	let shared;
	(window._JUPYTERLAB ??= {})["nnbook-kernel"] = {
		init(scope) { shared = scope; },
		async get() {
			const use = async (name) => (await Object.values(shared[name])[0].get())();
			const [lite, services, menus, widgets] = await Promise.all(
				["@jupyterlite/services", "@jupyterlab/services", "@jupyterlab/mainmenu", "@lumino/widgets"].map(use));
			const { default: plugin } = await import(base + "index.js");
			return () => ({ __esModule: true, default: plugin(lite, services, menus, widgets, base) });
		},
	};
})();
