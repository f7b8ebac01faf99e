// Small helps on top of pages that work without them. Each module finds its own marks in the page.
import { watchAutosave } from "./autosave.js";
import { watchDialogs } from "./dialogs.js";
import { watchMenus } from "./menus.js";
import { watchPrint } from "./printing.js";
import { watchSession } from "./session.js";
import { watchShortcuts } from "./shortcuts.js";
import { watchToasts } from "./toasts.js";
import { watchUnsaved } from "./unsaved.js";
import { watchUploads } from "./uploads.js";

watchMenus();
watchUnsaved();
watchAutosave();
watchUploads();
watchDialogs();
watchSession();
watchPrint();
watchToasts();
watchShortcuts();

// A summary of errors is read first.
document.querySelector("[data-focus]")?.focus();
