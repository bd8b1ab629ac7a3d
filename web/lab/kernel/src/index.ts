// The extension: registers the kernel, and leads to it what JupyterLite keeps from it: the stop button, which
// there only cancels the cells that wait, and questions on names, which there wait for the cell that runs.

import type * as Lite from "@jupyterlite/services";
import type * as Services from "@jupyterlab/services";
import { kernels, type Beside } from "./kernel.js";
import { notices } from "./notices.js";

export default function plugin(lite: typeof Lite, services: typeof Services, menus: any, widgets: any, base: string) {
	return {
		id: "nnbook-kernel:go",
		autoStart: true,
		requires: [lite.IKernelSpecs, lite.IKernelClient],
		optional: [menus.IMainMenu],
		activate(app: any, specs: Lite.IKernelSpecs, client: Lite.IKernelClient, menu: any) {
			const GoKernel = kernels(lite, base, () => beside(app));
			const begun = new Map<string, InstanceType<typeof GoKernel>>();
			specs.register({
				spec: { name: "gonb", display_name: "Go (gonb)", language: "go", argv: [], resources: {} },
				create: async (options: Lite.IKernel.IOptions) => {
					const kernel = new GoKernel(options);
					begun.set(kernel.id, kernel);
					return kernel;
				},
			});
			const cancel = client.interrupt.bind(client);
			client.interrupt = async (id: string) => {
				begun.get(id)?.interrupt();
				return cancel(id);
			};
			const connection = services.KernelConnection.prototype as any;
			connection.requestComplete = async function (content: any) { return { content: await begun.get(this.id)?.completeRequest(content) }; };
			connection.requestInspect = async function (content: any) { return { content: await begun.get(this.id)?.inspectRequest(content) }; };
			notices(app, menu, widgets.Widget, base);
		},
	};
}

// beside is for words about a cell that is not to show them: JupyterLab has a place at the window's edge.
function beside(app: any): Beside {
	const notify = (command: string, words: object) => app.commands.execute(`apputils:${command}`, words).catch(() => undefined);
	let id: Promise<string> | undefined;
	return async (message) => {
		const shown = id;
		if (!message) id = undefined;
		if (message && !shown) id = notify("notify", { message, options: { autoClose: false } });
		else if (message) notify("update-notification", { id: await shown, message });
		else if (shown) notify("dismiss-notification", { id: await shown });
	};
}
