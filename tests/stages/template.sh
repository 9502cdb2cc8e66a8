# The templates, as they are written and as CloudFormation gets them: linted and judged. The stage `ministack` creates what they describe.

# A command from crates.io, in a folder of its own. It is built unoptimised: that is done sooner, and the files are small.
cargo_tool() {
  local name=$1 version=$2
  [ -x "$cache/$name-$version/bin/$name" ] ||
    cargo install --quiet --debug --locked --version "$version" --root "$cache/$name-$version" "$name"
}

cfn_guard() { cargo_tool cfn-guard 3.2.1; }

stage_template() {
  python_env infra tests/stages/infra.txt
  python_env checkov tests/stages/checkov.txt
  python_env sam tests/stages/sam.txt
  cfn_guard
  local bin=$cache/infra/bin transformed=$scratch/template.json template
  "$bin/python" tests/infra/transform.py infra/template.yaml >"$transformed"

  heading "template: cfn-lint, sam validate --lint"
  "$bin/cfn-lint" infra/template.yaml infra/edge.yaml examples/*/template.yaml
  # The stage's name is a !Sub, so that the transform makes no logical ids from it.
  "$bin/cfn-lint" --ignore-checks W1020 -- "$transformed"
  for template in infra/template.yaml infra/edge.yaml examples/*/template.yaml; do
    SAM_CLI_TELEMETRY=0 AWS_DEFAULT_REGION=us-east-1 "$cache/sam/bin/sam" validate --lint --template "$template"
  done

  heading "template: checkov, cfn-guard"
  # Checkov passes over what the parameters' defaults leave out, so it gets those with which most is made.
  "$bin/python" tests/infra/transform.py infra/template.yaml Domains=one-host Pages=on CognitoTrigger=on Authorizer=on >"$scratch/edge.json"
  judged infra/template.yaml "$scratch/edge.json"
  judged infra/edge.yaml infra/edge.yaml
  "$cache/cfn-guard-3.2.1/bin/cfn-guard" validate --rules infra/rules.guard --data "$transformed" --show-summary fail
}

# judged TEMPLATE WHAT_CHECKOV_READS
judged() {
  "$cache/checkov/bin/checkov" -f "$2" --framework cloudformation --skip-download --compact --quiet --soft-fail -o json >"$scratch/checkov.json" 2>"$scratch/checkov.log" ||
    { cat "$scratch/checkov.log"; return 1; }
  "$cache/infra/bin/python" tests/infra/unchecked.py "$1" "$scratch/checkov.json"
}
