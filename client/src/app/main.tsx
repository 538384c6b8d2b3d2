import { render } from "preact";
import "../design/tokens.css";
import "../design/base.css";
import { startTextSize } from "../design/textSize";
import { startTheme } from "../design/theme";
import { openWhatIsChosen } from "../push/chosen";
import { restoreSession } from "../session/state";
import { startWords } from "../words";
import { App } from "./App";
import { startRouting } from "./route";

startTheme();
startTextSize();
startRouting();
openWhatIsChosen();
await startWords();
const root = document.getElementById("chappe");
if (root) render(<App />, root);
await restoreSession();
