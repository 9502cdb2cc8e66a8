export type { ChallengeOptions, ChallengeResponse, ChallengeState, RefreshOptions, ScanlatchOptions, ShownChallenge, Status, } from "./options.cjs";
export { type QrCode, Scanlatch } from "./scanlatch.cjs";
