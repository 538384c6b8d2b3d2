import type { JSX } from "preact";
import { memo } from "../design/memo";
import { daysBetween, longDate } from "../rooms/times";
import { language, words } from "../words";

/** Between the messages of two days. */
export const DayLine = memo(({ at, itemKey }: { at: number; itemKey: string }): JSX.Element => {
    const { timeline } = words.value;
    const days = daysBetween(at, Date.now());
    const said = days === 0 ? timeline.today : days === 1 ? timeline.yesterday : longDate(at, language.value);
    return (
        <div class="timeline-day" role="separator" data-key={itemKey}>
            <time dateTime={new Date(at).toISOString()}>{said}</time>
        </div>
    );
});
