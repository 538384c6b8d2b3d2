import type { JSX } from "preact";
import { useId, useState } from "preact/hooks";
import { Button } from "../../design/Button";
import { Field } from "../../design/Field";
import { Icon } from "../../design/Icon";
import { Spinner } from "../../design/Spinner";
import { language, words } from "../../words";
import type { Category, Keyword } from "../api";
import { type Choice, inLanguage, search } from "../catalogue";
import type { Draft, Target } from "../draft";
import { useCatalogue } from "../useCatalogue";

interface StepProps {
    target: Target;
    draft: Draft;
    onChange: (part: Partial<Draft>) => void;
}

/** What is wrong, in one of a few words; and whether somebody is in danger. */
export function What({ draft, onChange }: StepProps): JSX.Element {
    const { safety, common } = words.value;
    const { catalogue, failed, again } = useCatalogue();
    const [typed, setTyped] = useState("");
    const name = useId();
    const found = catalogue ? search(catalogue, typed, language.value) : [];
    const choose = (choice: Choice): void => onChange({ choice });
    return (
        <>
            <label class="report-threat">
                <input
                    type="checkbox"
                    checked={draft.isThreat}
                    onChange={(event) => onChange({ isThreat: event.currentTarget.checked })}
                />
                <span>
                    <strong>{safety.threat}</strong>
                    <span>{safety.threatMore}</span>
                </span>
            </label>
            {failed ? (
                <div role="alert" class="report-wrong">
                    <p>{safety.noCategories}</p>
                    <Button onClick={again}>{common.again}</Button>
                </div>
            ) : !catalogue ? (
                <Spinner label={common.loading} />
            ) : (
                <>
                    <Field label={safety.findCategory} value={typed} onInput={setTyped} kind="search" />
                    <fieldset class="report-choices">
                        <legend class="unseen">{safety.whatTitle}</legend>
                        {found.map((choice) => (
                            <CategoryChoice
                                key={`${choice.category.category} ${choice.keyword?.keyword}`}
                                choice={choice}
                                chosen={draft.choice}
                                name={name}
                                onChoose={choose}
                            />
                        ))}
                    </fieldset>
                    {found.length === 0 && <p role="status">{safety.noneFound}</p>}
                </>
            )}
        </>
    );
}

interface ChoiceProps {
    choice: Choice;
    chosen: Choice | null;
    name: string;
    onChoose: (choice: Choice) => void;
}

function CategoryChoice({ choice, chosen, name, onChoose }: ChoiceProps): JSX.Element {
    const { category, keyword } = choice;
    const isChosen = isSame(choice, chosen);
    const isOpen = keyword === null && chosen?.category.category === category.category;
    return (
        <>
            <label class="report-choice">
                <input type="radio" name={name} checked={isChosen || isOpen} onChange={() => onChoose(choice)} />
                <span>
                    {keyword && <strong>{inLanguage(keyword, language.value)}</strong>}
                    <span class={keyword ? "report-soft" : ""}>{inLanguage(category, language.value)}</span>
                </span>
            </label>
            {isOpen && category.keywords.length > 0 && (
                <Exactly
                    category={category}
                    keyword={chosen?.keyword ?? null}
                    onChoose={(exact) => onChoose({ category, keyword: exact })}
                />
            )}
        </>
    );
}

interface ExactlyProps {
    category: Category;
    keyword: Keyword | null;
    onChoose: (keyword: Keyword | null) => void;
}

/** What it is exactly, for whoever knows. Pressing it again takes it back. */
function Exactly({ category, keyword, onChoose }: ExactlyProps): JSX.Element {
    return (
        <div class="report-exactly" role="group" aria-label={words.value.safety.exactly}>
            <span class="report-soft">{words.value.safety.exactly}</span>
            {category.keywords.map((each) => {
                const isOn = each.keyword === keyword?.keyword;
                return (
                    <button
                        key={each.keyword}
                        type="button"
                        class="report-chip"
                        aria-pressed={isOn}
                        onClick={() => onChoose(isOn ? null : each)}
                    >
                        {isOn && <Icon name="check" size={16} />}
                        {inLanguage(each, language.value)}
                    </button>
                );
            })}
        </div>
    );
}

function isSame(one: Choice, other: Choice | null): boolean {
    return one.category.category === other?.category.category && one.keyword?.keyword === other.keyword?.keyword;
}
