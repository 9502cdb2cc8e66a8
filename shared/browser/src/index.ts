export type {
  AskedChallenge,
  ChallengeOptions,
  ChallengeResponse,
  ChallengeState,
  ProvenChallenge,
  RefreshOptions,
  ScanlatchOptions,
  ShownChallenge,
  Status,
} from "./options.js";
export { type QrCode, Scanlatch } from "./scanlatch.js";
