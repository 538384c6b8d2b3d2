import { toast, trying } from "../../design/Toasts";
import { forward } from "../../forward/forward";
import { SAVED } from "../../matrix/roomView";
import { isThere, type MessageAction } from "../../timeline/actions";
import { words } from "../../words";
import { savedRoom } from "../saved";

/** Forward a message to oneself. */
export default {
    order: 26,
    icon: "saved",
    label: () => words.value.saved.save,
    isFor: (aimed) =>
        isThere(aimed) &&
        aimed.event.getType() === "m.room.message" &&
        aimed.matrix.client.getAccountData(SAVED)?.getContent()["room_id"] !== aimed.room.roomId,
    act: ({ event, matrix }) =>
        void trying(
            savedRoom(matrix)
                .then((room) => forward(matrix, event, room))
                .then(() => toast(words.value.saved.saved)),
        ),
} satisfies MessageAction;
