import { openDialog } from "../design/dialogs";
import type { Target } from "./draft";
import { ReportDialog } from "./ReportDialog";

/** Ask what is wrong with a message, a chat or a person, and send that to the people who look after safety here. */
export function openReport(target: Target): void {
    openDialog((close) => <ReportDialog target={target} onClose={close} />);
}
