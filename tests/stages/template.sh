# The template, transformed as SAM does and checked against CloudFormation's own schemas.

stage_template() {
  heading "template"
  python_env cfn-lint tests/stages/cfn-lint.txt
  "$cache/cfn-lint/bin/cfn-lint" infra/template.yaml
}
