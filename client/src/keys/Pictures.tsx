import type { EmojiMapping } from "matrix-js-sdk/lib/crypto-api";
import type { JSX } from "preact";
import { language, words } from "../words";
import { nameOfPicture } from "./pictureNames";
import "./Pictures.css";

/** Seven pictures with their names, to be compared with those of the other side. */
export function Pictures({ pictures }: { pictures: readonly EmojiMapping[] }): JSX.Element {
    return (
        <>
            <p>{words.value.keys.compare.same}</p>
            <ol class="pictures">
                {pictures.map(([picture, english], i) => (
                    <li key={i}>
                        <span class="pictures-picture" aria-hidden="true">
                            {picture}
                        </span>
                        {nameOfPicture(picture, language.value, english)}
                    </li>
                ))}
            </ol>
        </>
    );
}
