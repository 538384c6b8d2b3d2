import { Component, type ComponentType, type VNode } from "preact";

/** A component that is drawn again only when one of its properties is another object. */
export function memo<P extends object>(Inner: ComponentType<P>): ComponentType<P> {
    return class Memo extends Component<P> {
        override shouldComponentUpdate(next: P): boolean {
            return !areSame(this.props, next);
        }

        override render(): VNode {
            return <Inner {...this.props} />;
        }
    };
}

export function areSame(one: object, other: object): boolean {
    const before = Object.entries(one);
    const after = other as Record<string, unknown>;
    return before.length === Object.keys(after).length && before.every(([key, value]) => Object.is(value, after[key]));
}
