import { type ComponentChildren, Fragment, h, type JSX } from "preact";
import { inertDocument } from "../app/trusted";

/**
 * The HTML of a message, built anew from what we know: nothing of it is put into the page as it came. Elements that are
 * not in the list are left out and what is in them stays; attributes are left out but for those that are read here.
 * (Client-Server API v1.19, "m.room.message msgtypes": the suggested elements, without pictures.)
 */
const TAKEN = new Set(
    (
        "del h1 h2 h3 h4 h5 h6 blockquote p ul ol li sup sub b i u strong em s code hr br div table thead tbody tr th td " +
        "caption pre span details summary"
    ).split(" "),
);

/** Left out with all that is in them. */
const REFUSED = new Set(
    "script style template iframe object embed svg math mx-reply head title textarea select".split(" "),
);

export const MAX_DEPTH = 40;
export const MAX_NODES = 3_000;

type NameOf = (userId: string) => string | null;

interface Budget {
    nodes: number;
    nameOf: NameOf;
}

/** `nameOf` gives the name of a member, so that a mention is called what the person is called, whatever its text says. */
export function richText(html: string, nameOf: NameOf = () => null): ComponentChildren {
    return children(inertDocument(html).body, 0, { nodes: MAX_NODES, nameOf });
}

/** A text without HTML, with its links. */
export function plainText(text: string): ComponentChildren {
    return linked(text);
}

function children(parent: Node, depth: number, budget: Budget): ComponentChildren[] {
    const made: ComponentChildren[] = [];
    for (let node = parent.firstChild; node; node = node.nextSibling) {
        if (--budget.nodes < 0) break;
        if (node.nodeType === Node.TEXT_NODE) {
            const text = node.nodeValue ?? "";
            made.push(parent.nodeName === "A" || parent.nodeName === "CODE" ? text : linked(text));
        } else if (node.nodeType === Node.ELEMENT_NODE) {
            made.push(element(node as Element, depth, budget));
        }
    }
    return made;
}

function element(node: Element, depth: number, budget: Budget): ComponentChildren {
    const name = node.localName;
    if (REFUSED.has(name)) return null;
    if (depth >= MAX_DEPTH) return node.textContent;
    if (name === "br" || name === "hr") return h(name, null);
    const inside = children(node, depth + 1, budget);
    const mentioned = name === "a" ? mentionedBy(node.getAttribute("href") ?? "") : null;
    if (mentioned) return <Mention userId={mentioned} name={budget.nameOf(mentioned)} />;
    if (name === "a")
        return <Link href={node.getAttribute("href") ?? ""} text={node.textContent ?? ""} inside={inside} />;
    if (!TAKEN.has(name)) return h(Fragment, null, inside);
    return h(name, name === "ol" ? { start: startOf(node) } : null, inside);
}

function startOf(list: Element): number | undefined {
    const start = Number(list.getAttribute("start") ?? Number.NaN);
    return Number.isSafeInteger(start) ? start : undefined;
}

/** Whom a link of a mention means (Client-Server API v1.19, "matrix.to navigation", "URI"). */
function mentionedBy(href: string): string | null {
    const found = /^https:\/\/matrix\.to\/#\/([^/?]+)$/i.exec(href)?.[1] ?? /^matrix:u\/([^/?]+)$/i.exec(href)?.[1];
    if (!found) return null;
    try {
        const id = decodeURIComponent(found);
        const userId = href.startsWith("matrix:") ? `@${id}` : id;
        return /^@[^\s:\p{Cf}]{0,200}:[A-Za-z0-9.:[\]-]{1,200}$/u.test(userId) ? userId : null;
    } catch {
        return null;
    }
}

function Mention({ userId, name }: { userId: string; name: string | null }): JSX.Element {
    return (
        <bdi class="mention" title={userId}>
            {name ? `@${name}` : userId}
        </bdi>
    );
}

const SCHEMES = new Set(["https:", "http:", "mailto:", "ftp:", "magnet:"]);

function Link({ href, text, inside }: { href: string; text: string; inside: ComponentChildren }): JSX.Element {
    const target = addressIn(href);
    if (!target) return <>{inside}</>;
    const pretended = pretendedHost(text);
    const isLie = pretended !== null && pretended !== bare(target.hostname);
    return (
        <a href={target.href} target="_blank" rel="noreferrer noopener" title={target.href}>
            {inside}
            {isLie && <span class="text-real-host"> ({target.hostname || target.protocol})</span>}
        </a>
    );
}

function addressIn(href: string): URL | null {
    try {
        const target = new URL(href); // a relative address is none
        return SCHEMES.has(target.protocol) ? target : null;
    } catch {
        return null;
    }
}

/** The host that a text claims to lead to, where it looks like an address. */
function pretendedHost(text: string): string | null {
    const shape = /^\s*(?:https?:\/\/)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?:[/?#:]\S*)?\s*$/u.exec(text);
    if (!shape?.[1]) return null;
    try {
        return bare(new URL(`https://${shape[1]}`).hostname);
    } catch {
        return null;
    }
}

function bare(host: string): string {
    return host.replace(/^www\./, "");
}

const ADDRESS = /https?:\/\/[^\s<>"'`\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;

function linked(text: string): ComponentChildren {
    const made: ComponentChildren[] = [];
    let end = 0;
    for (const found of text.matchAll(ADDRESS)) {
        const address = withoutTail(found[0]);
        made.push(text.slice(end, found.index));
        made.push(<Link href={address} text={address} inside={address} />);
        end = found.index + address.length;
    }
    if (end === 0) return text;
    made.push(text.slice(end));
    return made;
}

/** A full stop or a bracket at the end is of the sentence, and not of the address. */
function withoutTail(address: string): string {
    let end = address.length;
    while (end > 0 && /[.,;:!?)\]}»”’]/.test(address[end - 1] ?? "")) {
        if (address[end - 1] === ")" && address.slice(0, end).includes("(")) break;
        end--;
    }
    return address.slice(0, end);
}
