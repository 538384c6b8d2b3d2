import type { JSX } from "preact";
import { useId } from "preact/hooks";

interface ChoiceProps<T extends string> {
    title: string;
    options: readonly (readonly [T, string])[];
    value: T;
    onChoose: (value: T) => void;
}

/** One of a few. */
export function Choice<T extends string>({ title, options, value, onChoose }: ChoiceProps<T>): JSX.Element {
    const name = useId();
    return (
        <fieldset class="settings-part">
            <legend>{title}</legend>
            {options.map(([each, label]) => (
                <label key={each} class="settings-choice">
                    <input type="radio" name={name} checked={each === value} onChange={() => onChoose(each)} />
                    {label}
                </label>
            ))}
        </fieldset>
    );
}

interface SwitchProps {
    label: string;
    isOn: boolean;
    onSwitch: (isOn: boolean) => void;
}

/** On or off. */
export function Switch({ label, isOn, onSwitch }: SwitchProps): JSX.Element {
    return (
        <label class="settings-choice">
            <input type="checkbox" checked={isOn} onChange={(event) => onSwitch(event.currentTarget.checked)} />
            {label}
        </label>
    );
}
