/**
 * What a login on a screen does next, as one table without I/O, clock or memory. `session.ts` feeds it events and carries
 * out its effects.
 */

/** Where a login stands. The first group has no code that could still be claimed, the second has one. */
export type State =
  | "idle" //         nothing was asked for
  | "connecting" //   a socket is being opened
  | "asking" //       a code was asked for on the socket
  | "creating" //     a code was asked for by REST, or of the page
  | "waiting" //      neither worked; a while passes
  | "stopped" //      decided or refused
  | "showing" //      the socket tells; nobody has claimed
  | "claimed" //      the socket tells; a phone decides
  | "resuming" //     the socket was asked how the code stands
  | "renewing" //     the next code was asked for on the socket; the one before still counts
  | "reconnecting" // a socket is being opened to come back to the code
  | "rejoining" //    the first poll is under way
  | "polling" //      polls tell; nobody has claimed
  | "held" //         polls tell; a phone decides
  | "replacing" //    the next code was asked for by REST, or of the page
  | "away"; //        neither worked; a while passes

/** What happens to a login. */
export type Event =
  // The page
  | "start" //     wants a first code
  | "refresh" //   wants the next code
  | "stop" //      wants nothing more
  // Sockets
  | "opened" //    one is open
  | "unopened" //  one could not be opened
  | "blocked" //   two in a row were of no use, none is wanted, or nobody knows where it is
  | "lost" //      the one in use has closed
  | "elsewhere" // no code is to be asked for on it, for the page makes them itself
  // Answers, by socket or REST
  | "created" //   the code that was asked for
  | "unclaimed" // nobody has claimed the code
  | "stale" //     the same, and it is time for the next code, or the page wants it
  | "claimed" //   a phone has claimed the code
  | "approved" //  the user said yes
  | "rejected" //  the user said no
  | "gone" //      the code is of no more use: expired, superseded, cancelled, unknown, or nobody decided in time
  | "yielded" //   it gave way to one that it had replaced, and a phone may have claimed that
  | "refused" //   the request will never be granted
  | "busy" //      the service cannot answer now
  | "silent" //    no answer came in time on the socket
  | "failed" //    no answer came to a REST call
  // Time
  | "due" //       the next code is due
  | "expired" //   the code can be claimed no longer, or decided if it is claimed, by this side's reckoning
  | "check" //     the socket has been quiet for so long that it may be dead
  | "retire" //    the socket will soon reach the age at which it is closed
  | "retry" //     the while has passed
  | "probe" //     sockets may be possible again
  | "wake" //      the page is seen again
  | "slept"; //    the machine slept, its clock jumped, or it has another network: the socket is probably dead

/** What the session is to do, in this order. */
export type Effect =
  | "open" //   open a socket, beside the one in use
  | "hangUp" // close all sockets
  | "ask" //    ask for a code on the socket
  | "resume" // ask on the newest socket how the code stands, and to be told there from now on
  | "create" // ask for a code by REST or of the page, naming the one that it replaces
  | "poll" //   ask by REST how the code stands, and again after each interval
  | "wait" //   let a while pass
  | "probe" //  let a while pass before the next socket
  | "show" //   put the new code into the place of the one before
  | "drop" //   the code on the screen is of no more use
  | "doubt" //  the code on the screen may be of no more use, for the request to replace it may have arrived
  | "tell" //   tell the page that the code was claimed, and what is to be typed
  | "finish" // tell the page the decision, and free everything
  | "refuse" // tell the page why there is no code, and free everything
  | "end"; //   free everything

/** A row of the table: what follows from each event. An event that is not named changes nothing. */
type Row = { readonly [event in Event]?: readonly [State, ...Effect[]] };

/** What follows in every state in which something is under way, unless its own row says otherwise. */
const ALWAYS: Row = {
  approved: ["stopped", "finish"],
  rejected: ["stopped", "finish"],
  refused: ["stopped", "refuse"],
  stop: ["idle", "end"],
};

export const TABLE: { readonly [state in State]: Row } = {
  idle: {
    start: ["connecting", "open"],
  },
  connecting: {
    ...ALWAYS,
    opened: ["asking", "ask"],
    unopened: ["waiting", "wait"],
    blocked: ["creating", "create"],
    slept: ["connecting", "hangUp", "open"],
  },
  asking: {
    ...ALWAYS,
    created: ["showing", "show"],
    elsewhere: ["creating", "hangUp", "create"],
    lost: ["waiting", "wait"],
    busy: ["waiting", "hangUp", "wait"],
    silent: ["waiting", "hangUp", "wait"],
    slept: ["connecting", "hangUp", "open"],
  },
  creating: {
    ...ALWAYS,
    created: ["polling", "show", "poll", "probe"],
    busy: ["waiting", "wait"],
    failed: ["waiting", "wait"],
  },
  waiting: {
    ...ALWAYS,
    retry: ["connecting", "open"],
    refresh: ["connecting", "open"],
    wake: ["connecting", "open"],
    slept: ["connecting", "open"],
  },
  stopped: {
    start: ["connecting", "open"],
    refresh: ["connecting", "open"],
    stop: ["idle", "end"],
  },

  showing: {
    ...ALWAYS,
    claimed: ["claimed", "tell"],
    stale: ["renewing", "ask"],
    gone: ["asking", "drop", "ask"],
    refresh: ["renewing", "ask"],
    due: ["resuming", "resume"],
    expired: ["resuming", "resume"],
    check: ["resuming", "resume"],
    wake: ["resuming", "resume"],
    retire: ["showing", "open"],
    opened: ["resuming", "resume"],
    slept: ["reconnecting", "open"],
    lost: ["away", "wait"],
  },
  claimed: {
    ...ALWAYS,
    claimed: ["claimed", "tell"],
    gone: ["asking", "drop", "ask"],
    refresh: ["renewing", "ask"],
    expired: ["resuming", "resume"],
    check: ["resuming", "resume"],
    wake: ["resuming", "resume"],
    retire: ["claimed", "open"],
    opened: ["resuming", "resume"],
    slept: ["reconnecting", "open"],
    lost: ["away", "wait"],
  },
  resuming: {
    ...ALWAYS,
    unclaimed: ["showing"],
    stale: ["renewing", "ask"],
    claimed: ["claimed", "tell"],
    gone: ["asking", "drop", "ask"],
    yielded: ["resuming", "resume"],
    busy: ["away", "hangUp", "wait"],
    silent: ["reconnecting", "hangUp", "open"],
    slept: ["reconnecting", "hangUp", "open"],
    lost: ["away", "wait"],
  },
  renewing: {
    ...ALWAYS,
    created: ["showing", "show"],
    claimed: ["claimed", "tell"],
    elsewhere: ["replacing", "hangUp", "create"],
    refused: ["showing"],
    busy: ["away", "doubt", "hangUp", "wait"],
    silent: ["reconnecting", "doubt", "hangUp", "open"],
    slept: ["reconnecting", "doubt", "hangUp", "open"],
    lost: ["away", "doubt", "wait"],
  },
  reconnecting: {
    ...ALWAYS,
    opened: ["resuming", "resume"],
    unopened: ["away", "wait"],
    blocked: ["rejoining", "poll"],
    claimed: ["reconnecting", "tell"],
    slept: ["reconnecting", "hangUp", "open"],
  },
  rejoining: {
    ...ALWAYS,
    unclaimed: ["polling", "probe"],
    stale: ["replacing", "create"],
    claimed: ["held", "tell", "probe"],
    gone: ["creating", "drop", "create"],
    yielded: ["rejoining", "poll"],
    busy: ["away", "wait"],
    failed: ["away", "wait"],
    slept: ["rejoining", "poll"],
  },
  polling: {
    ...ALWAYS,
    stale: ["replacing", "create"],
    claimed: ["held", "tell"],
    gone: ["creating", "drop", "create"],
    yielded: ["polling", "poll"],
    refresh: ["replacing", "create"],
    expired: ["polling", "poll"],
    wake: ["polling", "poll"],
    slept: ["rejoining", "poll"],
    probe: ["polling", "open"],
    opened: ["resuming", "resume"],
    blocked: ["polling", "probe"],
    busy: ["away", "wait"],
    failed: ["away", "wait"],
  },
  held: {
    ...ALWAYS,
    claimed: ["held", "tell"],
    gone: ["creating", "drop", "create"],
    refresh: ["replacing", "create"],
    expired: ["held", "poll"],
    wake: ["held", "poll"],
    slept: ["rejoining", "poll"],
    probe: ["held", "open"],
    opened: ["resuming", "resume"],
    blocked: ["held", "probe"],
    busy: ["away", "wait"],
    failed: ["away", "wait"],
  },
  replacing: {
    ...ALWAYS,
    created: ["polling", "show", "poll", "probe"],
    refused: ["polling", "poll", "probe"],
    opened: ["replacing", "hangUp"],
    busy: ["away", "doubt", "wait"],
    failed: ["away", "doubt", "wait"],
  },
  away: {
    ...ALWAYS,
    opened: ["resuming", "resume"],
    retry: ["reconnecting", "open"],
    refresh: ["reconnecting", "open"],
    wake: ["reconnecting", "open"],
    slept: ["reconnecting", "open"],
  },
};

/** What the table says, or nothing if the event changes nothing in this state. */
export function step(state: State, event: Event): readonly [State, ...Effect[]] | undefined {
  return TABLE[state][event];
}
