import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Spinner } from "../../design/Spinner";
import { useMatrix } from "../../matrix/matrix";
import { words } from "../../words";
import { exportAll } from "../export";
import type { SettingsPage } from "../registry";

type State = { reading: string } | { said: string; isWrong: boolean } | null;

/** What this server knows about this person, as a file. */
function Data(): JSX.Element {
    const matrix = useMatrix();
    const { settings, common } = words.value;
    const [state, setState] = useState<State>(null);
    const running = useRef<AbortController | null>(null);
    useEffect(() => () => running.current?.abort(), []);
    const begin = async (): Promise<void> => {
        const controller = new AbortController();
        running.current = controller;
        setState({ reading: "" });
        try {
            const tell = (chat: string): void => setState({ reading: settings.exporting(chat) });
            const { file, messageCount } = await exportAll(matrix, tell, controller.signal);
            save(file, `chappe-${new Date().toISOString().slice(0, 10)}.json`);
            setState({ said: settings.exported(messageCount), isWrong: false });
        } catch (error) {
            if (!controller.signal.aborted) console.error(error);
            const said = controller.signal.aborted ? settings.exportStopped : settings.exportFailed;
            setState({ said, isWrong: !controller.signal.aborted });
        }
    };
    const isRunning = state !== null && "reading" in state;
    return (
        <div class="settings-part">
            <p>{settings.dataIntro}</p>
            <div class="settings-row">
                {isRunning ? (
                    <Button onClick={() => running.current?.abort()}>{common.cancel}</Button>
                ) : (
                    <Button kind="main" onClick={() => void begin()}>
                        {settings.export}
                    </Button>
                )}
                {isRunning && <Spinner />}
            </div>
            <p role="status" class={state && "said" in state && state.isWrong ? "settings-wrong" : "settings-soft"}>
                {state && ("said" in state ? state.said : state.reading)}
            </p>
        </div>
    );
}

function save(file: Blob, name: string): void {
    const address = URL.createObjectURL(file);
    const link = document.createElement("a");
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000); // the browser has begun to write it by then
}

export default {
    name: "data",
    order: 90,
    icon: "archive",
    title: () => words.value.settings.data,
    Page: Data,
} satisfies SettingsPage;
