// A worker of the kind that the lab needs: a module. See check.js.
export {};
postMessage("here");
