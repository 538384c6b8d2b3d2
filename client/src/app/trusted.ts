/**
 * The one place where a text becomes something that a browser runs or reads as a page. The policy of the page
 * (`chappe/web/policy.py`) knows no other, so a text from a message cannot reach such a place by mistake.
 */
interface Policy {
    createHTML(text: string): string;
    createScriptURL(address: string): string;
}

interface Factory {
    createPolicy(name: string, rules: Policy): Policy;
}

const rules: Policy = {
    createHTML: (text) => text,
    createScriptURL: (address) => {
        if (new URL(address, location.href).origin !== location.origin) throw new Error("A script from elsewhere");
        return address;
    },
};

const factory = (globalThis as { trustedTypes?: Factory }).trustedTypes;
const policy = factory?.createPolicy("chappe", rules) ?? rules;

/** A document that is only read: nothing in it runs, loads or is shown. */
export function inertDocument(html: string): Document {
    return new DOMParser().parseFromString(policy.createHTML(html), "text/html");
}

/** The address of a script of our own, for a worker. */
export function ownScript(address: string): string {
    return policy.createScriptURL(address);
}
