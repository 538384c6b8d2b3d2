import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { Field } from "../../design/Field";
import { countries } from "../../session/countries";
import { language, words } from "../../words";
import type { Door } from "../api";
import type { Draft, Target } from "../draft";
import { TextArea } from "../TextArea";
import { Messages } from "./Messages";

interface StepProps {
    target: Target;
    draft: Draft;
    onChange: (part: Partial<Draft>) => void;
}

const MAX_REASON = 4_000; // as the server takes it

/** Whether it is against the rules or the law, what there is to say, and which messages are handed over. */
export function How({ target, draft, onChange }: StepProps): JSX.Element {
    const { safety } = words.value;
    const name = useId();
    const isNotice = draft.door === "notice";
    const door = (value: Door, label: string, hint: string): JSX.Element => (
        <label class="report-choice">
            <input type="radio" name={name} checked={draft.door === value} onChange={() => onChange({ door: value })} />
            <span>
                <strong>{label}</strong>
                <span class="report-soft">{hint}</span>
            </span>
        </label>
    );
    return (
        <>
            <fieldset class="report-choices">
                <legend class="unseen">{safety.door}</legend>
                {door("report", safety.doorRules, safety.doorRulesMore)}
                {door("notice", safety.doorLaw, safety.doorLawMore)}
            </fieldset>
            {isNotice && (
                <>
                    <Field
                        label={safety.law}
                        hint={safety.lawHint}
                        value={draft.law}
                        onInput={(law) => onChange({ law: law.slice(0, 500) })}
                        kind="words"
                    />
                    <Country value={draft.country} onChoose={(country) => onChange({ country })} />
                </>
            )}
            <TextArea
                label={isNotice ? safety.reasonNotice : safety.reason}
                hint={isNotice ? safety.reasonNoticeHint : safety.reasonHint}
                value={draft.reason}
                onInput={(reason) => onChange({ reason })}
                maxChars={MAX_REASON}
                required={isNotice}
            />
            {isNotice && (
                <label class="report-tick">
                    <input
                        type="checkbox"
                        checked={draft.isInGoodFaith}
                        onChange={(event) => onChange({ isInGoodFaith: event.currentTarget.checked })}
                    />
                    {safety.goodFaith}
                </label>
            )}
            {target.kind === "event" && draft.chosen.length > 0 && (
                <Messages target={target} chosen={draft.chosen} onChange={(chosen) => onChange({ chosen })} />
            )}
        </>
    );
}

function Country({ value, onChoose }: { value: string; onChoose: (code: string) => void }): JSX.Element {
    const id = useId();
    return (
        <div class="field">
            <label for={id}>{words.value.safety.country}</label>
            <select
                id={id}
                class="report-select"
                value={value}
                onChange={(event) => onChoose(event.currentTarget.value)}
            >
                <option value="">{words.value.safety.noCountry}</option>
                {countries(language.value).map(({ code, name }) => (
                    <option key={code} value={code}>
                        {name}
                    </option>
                ))}
            </select>
        </div>
    );
}
