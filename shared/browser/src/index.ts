export type {
  ChallengeOptions,
  ChallengeResponse,
  ChallengeState,
  RefreshOptions,
  ScanlatchOptions,
  ShownChallenge,
  Status,
} from "./options.js";
export { type QrCode, Scanlatch } from "./scanlatch.js";
