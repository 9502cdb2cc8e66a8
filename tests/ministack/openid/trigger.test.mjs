/**
 * A user pool whose custom challenge is our trigger, made by examples/cognito. The trigger is the real binary, run by ministack's Lambda,
 * with its tables at the local stack, where people approve.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, it } from "node:test";

import { Person, stack } from "../../openid/world.mjs";
import { aws } from "./cloud.mjs";

const { SCANLATCH_TRIGGER: zip, SCANLATCH_FUNCTIONS: environment } = process.env;
const template = new URL("../../../examples/cognito/template.yaml", import.meta.url).pathname;
let ann, ben, userPoolId, clientId;

/** The environment of the stack's functions, so that the trigger reads the same tables. Lambda sets the reserved names itself. */
function variables() {
  const reserved = ["AWS_REGION", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
  const lines = readFileSync(environment, "utf8").trim().split("\n").map((line) => line.split(/=(.*)/s, 2));
  return Object.fromEntries([...lines.filter(([name]) => !reserved.includes(name)), ["COGNITO_TENANT_ID", stack.tenantId]]);
}

before(async () => {
  [ann, ben] = await Promise.all([Person.of("Trigger Ann"), Person.of("Trigger Ben")]);
  const trusted = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: "lambda.amazonaws.com" } };
  const assumeRolePolicyDocument = { Version: "2012-10-17", Statement: [trusted] };
  const { Role } = await aws("iam", "create-role", { roleName: "cognito-trigger", assumeRolePolicyDocument });
  const { FunctionArn } = await aws("lambda", "create-function", {
    functionName: "cognito-trigger",
    runtime: "provided.al2023",
    handler: "bootstrap",
    role: Role.Arn,
    timeout: "5",
    zipFile: `fileb://${zip}`,
    environment: { Variables: variables() },
  });
  const stackName = "scanlatch-pool";
  const parameters = [{ ParameterKey: "CognitoTriggerArn", ParameterValue: FunctionArn }];
  await aws("cloudformation", "create-stack", { stackName, templateBody: `file://${template}`, parameters });
  await aws("cloudformation", "wait stack-create-complete", { stackName });
  const { Stacks } = await aws("cloudformation", "describe-stacks", { stackName });
  const outputs = Object.fromEntries(Stacks[0].Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
  [userPoolId, clientId] = [outputs.UserPoolId, outputs.AppClientId];
  await Promise.all(["trigger-ann", "trigger-ben"].map(async (username) => {
    await aws("cognito-idp", "admin-create-user", { userPoolId, username, messageAction: "SUPPRESS" });
    await aws("cognito-idp", "admin-set-user-password", { userPoolId, username, password: "aA1!-nobody-knows-it", permanent: true });
  }));
});
after(async () => {
  await ben?.close();
  await ann?.close();
});

/** The result token of a login that this person approves. */
async function resultToken(person) {
  const post = async (path, body) => {
    const headers = { Authorization: `Basic ${btoa(stack.tenantId)}`, "Content-Type": "application/json" };
    return (await fetch(stack.apiUrl + path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const { challengeId, deviceCode } = await post("/client/challenge/qr-code", { action: "login" });
  await person.decide(challengeId, "approve");
  for (;;) {
    const { accessToken } = await post("/client/verify/qr-code", { challengeId, deviceCode });
    if (accessToken) return accessToken;
    await new Promise((resolve) => { setTimeout(resolve, 500); });
  }
}

/** An app's sign-in as this user, with this answer to the challenge. */
async function signIn(USERNAME, ANSWER) {
  const begun = await aws("cognito-idp", "initiate-auth", { authFlow: "CUSTOM_AUTH", clientId, authParameters: { USERNAME } });
  assert.equal(begun.ChallengeName, "CUSTOM_CHALLENGE");
  assert.deepEqual([begun.ChallengeParameters.type, begun.ChallengeParameters.tenantId], ["SCANLATCH", stack.tenantId]);
  const answer = { clientId, challengeName: begun.ChallengeName, session: begun.Session, challengeResponses: { USERNAME, ANSWER } };
  return (await aws("cognito-idp", "respond-to-auth-challenge", answer)).AuthenticationResult;
}

it("a user pool gives tokens to the person who approved, once", async () => {
  const token = await resultToken(ann);
  const { AccessToken, IdToken } = await signIn("trigger-ann", token);
  assert.ok(AccessToken);
  assert.equal(JSON.parse(Buffer.from(IdToken.split(".")[1], "base64url"))["cognito:username"], "trigger-ann");
  await assert.rejects(signIn("trigger-ann", token), /NotAuthorizedException/);
});

it("a user pool gives no tokens for what another person approved", async () => {
  const token = await resultToken(ben);
  await assert.rejects(signIn("trigger-ann", token), /NotAuthorizedException/);
  // Nothing but the person was wrong.
  assert.ok((await signIn("trigger-ben", token)).AccessToken);
});

it("a user pool gives no tokens for a text that is no token", async () => {
  await assert.rejects(signIn("trigger-ann", "a.b.c"), /NotAuthorizedException/);
});
