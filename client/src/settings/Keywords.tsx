import { ClientEvent, type MatrixEvent } from "matrix-js-sdk";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button, IconButton } from "../design/Button";
import { Field } from "../design/Field";
import { toast } from "../design/Toasts";
import { useMatrix } from "../matrix/matrix";
import { words } from "../words";
import { addKeyword, keywordsOf, removeKeyword } from "./keywords";
import "./Keywords.css";

/** Words that this person wants to hear of. */
export function Keywords(): JSX.Element {
    const { client } = useMatrix();
    const { keywords, settings } = words.value;
    const [list, setList] = useState(() => keywordsOf(client));
    const [word, setWord] = useState("");
    const [wrong, setWrong] = useState<string>();
    const [isBusy, setBusy] = useState(false);
    useEffect(() => {
        const look = (event: MatrixEvent): void => {
            if (event.getType() === "m.push_rules") setList(keywordsOf(client));
        };
        client.on(ClientEvent.AccountData, look);
        return () => void client.off(ClientEvent.AccountData, look);
    }, [client]);
    const change = async (act: () => Promise<void>): Promise<boolean> => {
        setBusy(true);
        let isDone = true;
        try {
            await act();
        } catch (error) {
            console.error(error);
            toast(settings.notSaved, { isWrong: true });
            isDone = false;
        }
        setList(keywordsOf(client));
        setBusy(false);
        return isDone;
    };
    const add = async (): Promise<void> => {
        const wanted = word.trim();
        if (!wanted || isBusy) return;
        if (list.some((each) => each.toLowerCase() === wanted.toLowerCase())) return setWrong(keywords.known);
        if (await change(() => addKeyword(client, wanted))) setWord("");
    };
    return (
        <div class="settings-part">
            <h4>{keywords.title}</h4>
            <p class="settings-soft">{keywords.more}</p>
            {list.length > 0 && (
                <ul class="keywords">
                    {list.map((each) => (
                        <li key={each} class="keyword">
                            <bdi>{each}</bdi>
                            <IconButton
                                icon="close"
                                label={keywords.remove(each)}
                                disabled={isBusy}
                                onClick={() => void change(() => removeKeyword(client, each))}
                            />
                        </li>
                    ))}
                </ul>
            )}
            <form
                class="keywords-new"
                onSubmit={(event) => {
                    event.preventDefault();
                    void add();
                }}
            >
                <Field
                    label={keywords.word}
                    value={word}
                    kind="search"
                    wrong={wrong}
                    onInput={(to) => {
                        setWord(to);
                        setWrong(undefined);
                    }}
                />
                <Button type="submit" busy={isBusy} disabled={!word.trim()}>
                    {keywords.add}
                </Button>
            </form>
        </div>
    );
}
