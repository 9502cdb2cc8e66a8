//! What every store must do. Each function is one promise; [`store_contract!`](crate::store_contract) turns them into
//! tests of a store. Every test makes its own tenant, so all can share one database, except those of the signing keys,
//! which belong to the deployment.

pub mod actions;
pub mod applications;
pub mod authorizations;
pub mod challenges;
pub mod conduct;
pub mod credentials;
pub mod decisions;
pub mod keys;
pub mod races;
pub mod redemptions;
pub mod renewals;
pub mod rsa_keys;
pub mod screens;
pub mod sessions;
pub mod settlements;
pub mod short_codes;
pub mod sockets;
pub mod tenants;
pub mod traces;
pub mod tracked;
pub mod users;

/// Makes a test of each promise. The arguments are expressions that are awaited for a store, and for a fresh one that
/// shares nothing with any other.
#[macro_export]
macro_rules! store_contract {
    ($store:expr, $fresh:expr) => {
        $crate::store_contract! { @alone $store;
            challenges: a_challenge_comes_back_as_it_was_stored, storing_a_challenge_twice_changes_nothing,
                second_phone_cannot_claim, a_lost_reply_does_not_lose_the_claim,
                an_expired_challenge_still_in_the_table_is_expired, a_withdrawn_challenge_cannot_be_claimed,
                only_its_subject_claims_a_known_users_challenge, another_tenants_challenge_is_unknown,
                withdrawing_what_is_gone_stores_nothing, the_first_withdrawal_stands,
                another_phone_of_the_same_user_cannot_claim, a_repeated_claim_can_come_too_late,
                one_id_in_two_tenants_names_two_challenges, a_backend_binds_an_open_challenge_to_a_user,
                what_a_screen_said_does_not_outlive_a_binding, a_claimed_challenge_is_not_bound, what_waits_for_a_user_is_found, a_flood_hides_no_own_request, expired_requests_hide_nothing,
                what_a_device_opened_for_itself_is_not_claimed, a_claim_is_repeated_only_so_often,
                a_revoked_claimer_gives_way_to_the_next_claim, a_claim_that_lapsed_is_over,
                a_take_over_fixes_its_own_facts;
            renewals: a_claim_of_the_older_code_supersedes_the_newer, a_claim_of_the_newer_code_bars_the_older,
                a_claim_of_the_older_code_may_be_repeated, the_older_code_lives_half_a_minute,
                a_third_code_ends_the_first, a_claimed_code_is_not_renewed,
                an_expired_code_is_replaced_and_not_renewed, resuming_the_newer_code_leaves_the_older;
            conduct: each_claim_is_counted_once, a_key_that_is_not_enrolled_counts_nothing,
                a_refused_claim_is_forgotten, marks_of_claims_are_bounded,
                a_refused_claim_leaves_the_mark_of_one_beside_it, a_decision_ends_its_claim, a_wrong_number_is_remembered,
                a_decline_is_remembered, a_new_name_forgives_nothing;
            decisions: an_approval_is_stored_with_its_action, a_rejection_is_stored_with_its_action, only_the_claimer_decides, nobody_decides_without_a_claim, a_decision_stands, a_late_decision_is_refused, a_claimer_decides_in_time, a_removed_credential_cannot_decide, a_credential_that_came_back_cannot_decide_an_old_claim, a_tracked_action_keeps_what_was_tracked, a_withdrawn_challenge_that_was_claimed_cannot_be_decided, a_claims_signature_decides_nothing, a_signature_spent_since_the_look_decides_nothing, an_action_that_succeeded_stays_so, an_action_that_failed_may_be_tried_again, a_device_decides_for_a_tracked_action, a_claim_repeated_after_the_decision_changes_nothing, a_refused_decision_leaves_a_tracked_action_alone, a_known_users_challenge_is_decided_without_a_claim, a_known_users_withdrawn_challenge_is_not_decided_without_a_claim, a_barred_action_is_not_decided;
            redemptions: an_own_approval_is_redeemed_for_one_action, an_approval_is_not_redeemed_for_another_action, an_approval_is_redeemed_once, a_late_redemption_is_refused, only_an_approval_is_redeemed, an_approval_repeated_after_its_redemption_changes_nothing, an_approval_can_be_redeemed_after_the_challenge_expired, a_repeated_redemption_can_come_too_late, another_tenant_redeems_nothing;
            sockets: a_connection_comes_back_as_it_was_stored, a_disconnect_returns_the_connection_once,
                a_newer_challenge_supersedes_the_one_before, a_stale_connection_replaces_nothing,
                an_expired_challenge_need_not_be_there_to_be_replaced,
                a_challenge_that_was_cleaned_up_early_can_be_replaced, a_lost_connection_replaces_nothing,
                a_claimed_challenge_that_was_replaced_cannot_be_decided, what_shows_a_challenge_takes_a_token,
                an_empty_bucket_shows_nothing, a_stale_look_at_the_bucket_takes_nothing,
                a_refused_message_is_charged_once;
            screens: a_screen_without_a_code_leaves_for_good, a_code_waits_a_minute_for_its_screen,
                a_claim_outlives_the_socket_of_a_screen_with_a_code, a_socket_that_closes_late_takes_nothing_along,
                a_screen_comes_back_on_a_new_socket, a_screen_that_comes_back_shows_its_other_code_no_longer,
                a_screen_comes_back_for_an_approval_though_it_shows_another_code,
                a_wrong_code_resumes_nothing, a_decision_looks_again_when_its_screen_has_moved,
                a_screen_that_polls_is_not_away, a_polling_screen_replaces_its_own_code_only;
            short_codes: a_short_code_leads_to_its_challenge_until_that_expires,
                a_short_code_means_nothing_to_another_tenant, a_live_short_code_is_not_given_twice,
                an_expired_short_code_may_be_given_again,
                storing_a_challenge_with_a_short_code_twice_changes_nothing,
                a_socket_gets_no_short_code_that_is_live, a_live_short_code_leaves_a_tracked_action_alone,
                a_claim_leaves_the_short_code_alone, a_sixth_try_within_the_hour_is_refused,
                a_repeated_try_counts_once, a_try_that_is_given_back_makes_room_for_one,
                tries_that_are_all_given_back_make_room_for_as_many;
            settlements: an_approval_that_is_taken_back_leaves_the_action_as_it_was,
                an_action_whose_approval_was_taken_back_may_be_approved_again, an_approval_that_is_held_is_not_taken_back,
                an_approval_that_no_call_could_tell_is_taken_back_by_the_last, an_approval_that_is_settled_stands,
                only_so_many_calls_hold_an_approval,
                an_approval_that_is_redeemed_is_not_taken_back, what_its_screen_can_fetch_is_not_taken_back,
                what_a_backend_judged_since_is_left_by_a_take_back, only_an_approval_is_held,
                what_a_revoked_credential_approved_counts_for_nothing,
                what_a_forgotten_user_approved_counts_for_nothing,
                a_phone_that_removes_itself_leaves_what_it_approved,
                all_that_a_revoked_credential_approved_of_late_is_void;
            tracked: a_newer_challenge_of_an_action_supersedes_the_one_before,
                a_claimed_challenge_of_an_action_is_left_by_a_newer_one, two_sockets_of_one_action_supersede_each_other,
                a_socket_opens_nothing_for_a_barred_action, a_socket_is_answered_also_after_its_action_succeeded;
            credentials: an_enrolled_key_is_found, enrolling_again_keeps_the_credential, another_users_key_is_refused,
                a_key_moves_where_the_tenant_allows_it, without_the_scope_only_a_first_credential_is_enrolled,
                a_stale_look_at_the_key_does_not_mislead, a_key_that_was_removed_meanwhile_is_free,
                a_removed_key_may_come_back,
                removing_an_older_enrolment_leaves_the_newer, removing_twice_counts_once,
                a_key_moves_to_a_user_with_others_only_with_the_scope,
                a_device_without_a_name_comes_back_without_one,
                where_every_device_needs_the_scope_none_comes_without, a_revocation_lets_nobody_come_first,
                a_method_that_is_forgotten_lets_nobody_come_first, a_key_that_moves_away_lets_nobody_come_first,
                a_device_that_removes_itself_lets_the_next_come_first, a_user_has_only_so_many_devices,
                a_token_enrols_one_key_for_each_kind_of_path, a_kept_key_spends_no_token,
                a_refused_enrolment_spends_no_token, a_token_is_of_the_action_that_it_was_issued_for,
                a_removal_works_once, a_removal_that_finds_nothing_is_spent, a_removal_is_spent_for_its_own_key_alone,
                a_kept_key_tells_what_its_device_is_now, a_key_that_was_removed_meanwhile_is_not_kept;
            traces: what_allowed_an_enrolment_comes_back, a_removal_leaves_its_trace,
                a_method_that_is_forgotten_leaves_its_trace, the_trace_of_a_removal_is_kept_for_so_long,
                a_forgotten_user_leaves_no_trace, a_backend_that_judges_leaves_the_trace,
                a_second_decision_replaces_the_trace_of_the_first,
                a_take_back_leaves_what_was_tracked_and_no_trace;
            actions: tracking_again_returns_what_was_stored, an_expired_action_is_gone, a_user_id_may_hold_delimiters,
                an_action_without_data_comes_back_without, a_users_actions_are_listed, a_backend_judges_an_action;
            tenants: a_tenant_comes_back_as_it_was_stored, a_tenants_latest_settings_count, a_stale_look_at_a_tenant_changes_nothing,
                a_secret_key_is_its_tenants_own, two_secret_keys_are_active_at_most,
                a_tenant_is_listed_until_it_is_forgotten, a_name_is_given_to_one_tenant_only,
                a_name_that_is_given_up_can_be_taken, one_of_two_tenants_gets_the_name;
            users: a_user_comes_back_as_revised, a_stale_look_at_a_user_does_not_mislead,
                a_users_count_survives_a_revision, users_are_found_by_what_they_have_now,
                a_list_of_users_goes_on_where_it_stopped, a_device_is_revoked_by_its_id,
                a_revoked_device_cannot_decide, a_forgotten_user_is_gone_with_everything,
                a_forgotten_user_cannot_complete_a_login;
            sessions: a_session_begins_once, only_a_success_begins_a_session,
                a_refresh_token_serves_once_but_for_a_lost_reply, an_expired_session_is_not_refreshed,
                a_session_ends_when_it_is_told_to, all_sessions_of_a_user_end_together,
                a_session_begins_after_all_others_ended, ending_the_sessions_of_nobody_stores_nothing,
                a_session_goes_on_without_the_phone_that_approved_it;
            applications: an_application_comes_back_as_it_was_registered,
                an_id_is_given_to_one_application_only,
                an_application_is_its_tenants_own,
                a_stale_look_at_an_application_changes_nothing,
                two_secrets_of_an_application_are_active_at_most,
                the_last_secret_of_an_application_stays,
                an_application_that_is_not_there_gets_no_secret,
                an_application_is_listed_until_it_is_forgotten;
            authorizations: a_request_comes_back_as_it_was_asked,
                a_request_goes_from_step_to_step,
                one_of_two_browsers_takes_a_pushed_request_up,
                a_repeated_answer_gives_the_same,
                a_request_that_is_not_there_is_not_answered,
                a_code_is_exchanged_once,
                a_code_that_comes_too_late_is_not_exchanged,
                a_login_of_a_revoked_device_begins_nothing,
                a_device_is_enrolled_until_it_is_revoked,
                a_login_from_before_all_sessions_ended_begins_nothing,
                a_login_of_a_forgotten_user_begins_nothing,
                a_request_that_was_exchanged_is_not_answered,
                a_request_that_was_denied_is_not_authorized,
                a_device_is_paced,
                a_device_without_a_challenge_leaves_nothing;
        }
        $crate::store_contract! { @shared $store;
            races: one_of_many_phones_claims, one_of_two_decisions_stands, one_of_many_redemptions_is_the_first,
                one_of_many_first_enrolments_wins, one_of_many_enrolments_with_one_token_wins,
                many_enrolments_at_once_stay_within_the_cap, one_of_many_refreshes_is_shown, one_of_two_codes_is_claimed, one_of_many_messages_takes_the_last_token,
                a_claim_and_a_withdrawal_agree_on_the_outcome, a_claim_and_a_refresh_agree_on_the_outcome,
                a_removal_and_a_decision_agree_on_the_outcome, a_revocation_and_an_approval_agree_on_the_outcome, no_session_outlives_the_end_of_all, as_many_of_many_tries_go_through_as_may,
                one_of_many_challenges_gets_the_short_code, one_of_many_exchanges_is_the_first,
                one_of_many_browsers_takes_a_request_up, many_secrets_at_once_stay_within_the_cap;
        }
        $crate::store_contract! { @shared $fresh;
            keys: the_signing_key_is_among_the_verifying_keys, an_empty_ring_signs_nothing,
                only_the_first_key_is_made_outside_rotation, first_keys_made_at_once_are_one,
                a_new_key_verifies_before_it_signs, an_old_key_verifies_after_it_signed,
                a_spent_key_stays_for_refresh_tokens_and_goes, a_rotation_that_is_repeated_changes_nothing,
                rotations_at_once_make_one_key, a_change_that_comes_too_late_changes_nothing,
                after_a_leak_another_key_signs_and_the_leaked_one_verifies_no_more,
                leaks_told_of_at_once_leave_one_key, an_unknown_key_is_looked_for;
            rsa_keys: no_schedule_makes_the_first_rsa_key,
                first_rsa_keys_made_at_once_are_one,
                an_rsa_key_that_is_stored_signs_what_its_public_half_verifies,
                an_rsa_key_is_followed_by_the_next,
                a_leak_replaces_the_rsa_keys_too;
        }
    };
    (@alone $store:expr; $($module:ident: $($promise:ident),+;)+) => {
        $(mod $module {
            use super::*;
            $(#[tokio::test]
            async fn $promise() {
                $crate::contract::$module::$promise(&$store.await).await;
            })+
        })+
    };
    (@shared $store:expr; $($module:ident: $($promise:ident),+;)+) => {
        $(mod $module {
            use super::*;
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $promise() {
                $crate::contract::$module::$promise(&std::sync::Arc::new($store.await)).await;
            })+
        })+
    };
}
