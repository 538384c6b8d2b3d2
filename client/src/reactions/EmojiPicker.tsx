import type { JSX, TargetedKeyboardEvent } from "preact";
import { useState } from "preact/hooks";
import { Dialog } from "../design/Dialog";
import { openDialog } from "../design/dialogs";
import { Field } from "../design/Field";
import { words } from "../words";
import { emojiOf, findEmoji, groups, noteUse, recentEmoji } from "./emoji";
import "./EmojiPicker.css";

/** Let somebody choose a sign. */
export function openPicker(choose: (sign: string) => void): void {
    openDialog((close) => (
        <EmojiPicker
            onClose={close}
            onChoose={(sign) => {
                noteUse(sign);
                close();
                choose(sign);
            }}
        />
    ));
}

function EmojiPicker({ onClose, onChoose }: { onClose: () => void; onChoose: (sign: string) => void }): JSX.Element {
    const said = words.value.reactions;
    const [typed, setTyped] = useState("");
    const found = typed.trim() ? findEmoji(typed.trim()) : null;
    return (
        <Dialog title={said.choose} onClose={onClose}>
            <Field label={said.search} kind="search" value={typed} onInput={setTyped} autoFocus />
            <div class="emoji-picker" onKeyDown={move}>
                {found ? (
                    found.length > 0 ? (
                        <Signs label={said.found} signs={found.map(({ sign }) => sign)} onChoose={onChoose} />
                    ) : (
                        <p>{said.none}</p>
                    )
                ) : (
                    <>
                        <Signs label={said.recent} signs={recentEmoji()} onChoose={onChoose} />
                        {groups.map((group) => (
                            <Signs
                                key={group}
                                label={said.groups[group]}
                                signs={emojiOf(group).map(({ sign }) => sign)}
                                onChoose={onChoose}
                            />
                        ))}
                    </>
                )}
            </div>
        </Dialog>
    );
}

function Signs(props: { label: string; signs: readonly string[]; onChoose: (sign: string) => void }): JSX.Element {
    return (
        <section aria-label={props.label}>
            <h3>{props.label}</h3>
            <div class="emoji-signs">
                {props.signs.map((sign) => (
                    <button key={sign} type="button" class="emoji-sign" onClick={() => props.onChoose(sign)}>
                        {sign}
                    </button>
                ))}
            </div>
        </section>
    );
}

/** The arrow keys go from sign to sign, up and down by what stands above and below. */
function move(event: TargetedKeyboardEvent<HTMLElement>): void {
    const signs = [...event.currentTarget.querySelectorAll<HTMLElement>(".emoji-sign")];
    const at = signs.indexOf(document.activeElement as HTMLElement);
    if (at === -1 || !event.key.startsWith("Arrow")) return;
    event.preventDefault();
    const isForward = event.key === "ArrowDown" || event.key === "ArrowRight";
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
        signs[at + (isForward ? 1 : -1)]?.focus();
        return;
    }
    const here = signs[at]?.getBoundingClientRect();
    const beyond = isForward ? signs.slice(at + 1) : signs.slice(0, at).reverse();
    const isBelow = (sign: HTMLElement): boolean => {
        const box = sign.getBoundingClientRect();
        return here !== undefined && Math.abs(box.left - here.left) < box.width / 2 && box.top !== here.top;
    };
    beyond.find(isBelow)?.focus();
}
