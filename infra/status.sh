# What the status of a stack lets infra/deploy do.

# Says what will become of a stack, or what its owner must do first: check_status STACK [--region …]
check_status() {
  local name=$1
  shift
  read_stack "$name" "$@"
  case $stack_status in
    # A change set for a first deployment that nobody executed; sam takes it for no stack.
    "" | REVIEW_IN_PROGRESS) echo "The stack $name will be made." ;;
    CREATE_COMPLETE | UPDATE_COMPLETE | UPDATE_ROLLBACK_COMPLETE | IMPORT_COMPLETE | IMPORT_ROLLBACK_COMPLETE)
      echo "The stack $name will be updated." ;;
    ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED)
      echo "The first deployment of $name failed; what is left of it will be deleted, and the stack made anew." ;;
    DELETE_FAILED)
      fail "the stack $name could not be deleted completely; run infra/destroy $environment to finish that, then deploy" ;;
    UPDATE_ROLLBACK_FAILED)
      fail "the stack $name could not go back to its last state; see why in its events, mend that and run: $(cloudformation continue-update-rollback "$name" "$@")" ;;
    UPDATE_FAILED)
      fail "an update of the stack $name failed and was not rolled back; run: $(cloudformation rollback-stack "$name" "$@")" ;;
    *_IN_PROGRESS)
      fail "the stack $name is busy ($stack_status); run this again once that has ended" ;;
    *) fail "the stack $name is in the state $stack_status, which infra/deploy does not know; look at it in CloudFormation's console" ;;
  esac
}

# Deletes a stack whose first deployment failed, since CloudFormation cannot update it: clear_failed STACK [--region …]
clear_failed() {
  local name=$1 left
  shift
  read_stack "$name" "$@"
  case $stack_status in ROLLBACK_COMPLETE | ROLLBACK_FAILED | CREATE_FAILED) ;; *) return 0 ;; esac
  echo "Deleting what is left of the first deployment of $name, which failed ($stack_status)."
  left=$(resource "$name" DirectoryTable "$@")
  aws cloudformation delete-stack --stack-name "$name" "$@"
  aws cloudformation wait stack-delete-complete --stack-name "$name" "$@" 2>"$scratch/why" ||
    fail "the stack $name could not be deleted; see why with: $(cloudformation describe-stack-events "$name" "$@")"
  if [ -n "$left" ]; then
    cat <<TEXT
It leaves the table $left, which is empty and protected from deletion. To remove it:
  aws dynamodb update-table --table-name $left --no-deletion-protection-enabled
  aws dynamodb delete-table --table-name $left
TEXT
  fi
  read_stack "$name" "$@"
}

# A command for the owner to run: cloudformation VERB STACK [--region …]
cloudformation() {
  local verb=$1 name=$2
  shift 2
  printf 'aws cloudformation %s --stack-name %s%s' "$verb" "$name" "${*:+ $*}"
}

# at_least PROGRAM ITS_VERSION WANTED ADVICE
at_least() {
  [ "$(printf '%s\n' "$3" "$2" | sort -V | head -1)" = "$3" ] || fail "$1 $2 is too old; this needs $3 or newer: $4"
}
