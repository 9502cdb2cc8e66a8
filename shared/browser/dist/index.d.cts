export type { AskedChallenge, ChallengeOptions, ChallengeResponse, ChallengeState, ProvenChallenge, RefreshOptions, ScanlatchOptions, ShownChallenge, Status, } from "./options.cjs";
export { type QrCode, Scanlatch } from "./scanlatch.cjs";
