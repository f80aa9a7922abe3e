//! Which test covers which case of HTTP, state, queues, notices, the clock, attachments, content and authorization, and
//! why some have none; of passwords, privacy and outages, which are not complete, the cases that are covered.
//!
//! Over 400 lines because it is one list.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// How a case is covered.
#[derive(Clone, Copy, Debug)]
enum Covered {
    /// By these tests of a file.
    By(&'static str, &'static [&'static str]),
    /// Not here, for a reason.
    Waived(&'static str),
}

use Covered::{By, Waived};

const BODIES: &str = "tests/hostile/http.rs";
const EDGE: &str = "tests/hostile/http/edge.rs";
const QUEUES: &str = "tests/hostile/queues.rs";
const NOTICES: &str = "tests/hostile/notices.rs";
const PASSWORDS: &str = "tests/hostile/passwords.rs";
const OUTAGES: &str = "tests/hostile/outages.rs";
const LOGS: &str = "tests/hostile/logs.rs";
const STATE: &str = "tests/hostile/state.rs";
const CONTENTION: &str = "tests/hostile/state/contention.rs";
const TIMERS: &str = "tests/hostile/state/timers.rs";
const CALENDARS: &str = "tests/journeys/calendars.rs";
const SLOTS: &str = "tests/hostile/files/slots.rs";
const NAMES: &str = "tests/hostile/files/names.rs";
const KINDS: &str = "tests/hostile/files/kinds.rs";
const CUSTODY: &str = "tests/hostile/files/custody.rs";
const CONTENT: &str = "tests/hostile/content.rs";
const AUTHORIZATION: &str = "tests/hostile/authorization.rs";
const ROLES: &str = "tests/hostile/authorization/roles.rs";
const SESSIONS: &str = "tests/journeys/sessions.rs";
const TABLE: &str = "tests/journeys/state_table.rs";
const TEMPLATE: &str = "tests/shape/template.rs";
const PARAMETERS: &str = "tests/shape/parameters.rs";
const POLICIES: &str = "tests/shape/iam.rs";
const KILLED: &str = "infra/local/tests/killed/desk.rs";
const DOORS: &str = "shared/runtime/src/doors.rs";
const TELEMETRY: &str = "shared/runtime/src/telemetry.rs";
const BATCHES: &str = "shared/queue/src/lib.rs";
const KEYS: &str = "shared/store/src/keys.rs";
const RESETS: &str = "shared/domain/src/reset.rs";
const LINKS: &str = "shared/web/src/link.rs";
const HASHES: &str = "shared/web/src/password.rs";
const FORMS: &str = "shared/web/src/form.rs";
const BODY: &str = "shared/web/src/body.rs";
const CALL: &str = "shared/web/src/call.rs";
const CARRIER: &str = "functions/notify/src/carrier.rs";
const SENDER: &str = "functions/notify/src/send.rs";
const LETTERS: &str = "functions/notify/src/letter/tests.rs";
const FILMS: &str = "shared/files/src/mp4/tests.rs";
const PDFS: &str = "shared/files/src/pdf/tests.rs";

const NO_MAIL_IN: &str = "no mail comes in yet";

/// Every case, in its order; one that several files cover stands there several times.
const CASES: [(&str, Covered); 164] = [
    ("H001", By(BODIES, &["h001_a_body_that_is_no_json_is_400"])),
    ("H002", By(BODIES, &["h002_a_body_that_does_not_say_that_it_is_json_is_415"])),
    ("H003", By(BODIES, &["h003_unknown_fields_are_422_and_all_named"])),
    ("H004", By(BODIES, &["h004_a_key_that_stands_twice_is_400"])),
    ("H005", By(BODIES, &["h005_a_deep_body_is_400_before_it_is_parsed"])),
    ("H007", By(BODIES, &["h007_numbers_that_are_none_or_do_not_fit_are_refused"])),
    ("H008", By(BODIES, &["h008_a_body_that_is_no_utf_8_is_400"])),
    ("H009", By(BODIES, &["h009_control_characters_in_texts_and_names_are_422"])),
    ("H010", By(EDGE, &["h010_an_unsupported_method_is_405_with_allow"])),
    ("H011", By(EDGE, &["h011_a_parameter_that_stands_twice_is_400"])),
    ("H013", By(EDGE, &["h013_a_body_that_says_it_is_base64_and_is_not_is_400"])),
    ("H014", By(BODIES, &["h014_an_encoded_body_is_415_and_never_unpacked"])),
    ("H015", By(EDGE, &["h015_a_path_that_leads_nowhere_is_404"])),
    ("H016", By(EDGE, &["h016_forged_headers_change_neither_who_asks_nor_what_is_counted"])),
    ("H017", By(EDGE, &["h017_a_cursor_serves_its_person_and_its_query_alone"])),
    ("H019", By(EDGE, &["h019_whoever_asks_for_html_gets_json"])),
    (
        "H020",
        By(
            EDGE,
            &[
                "h020_the_frontend_may_call_from_a_browser",
                "h020_the_frontend_may_send_files_from_a_browser",
                "h020_a_foreign_origin_gets_no_cors_headers",
                "h020_a_foreign_origin_may_send_no_files",
            ],
        ),
    ),
    (
        "H022",
        By(
            STATE,
            &[
                "h022_the_same_key_and_body_again_answer_the_same_ticket",
                "h022_the_same_key_and_body_again_answer_the_same_comment",
            ],
        ),
    ),
    ("H023", By(STATE, &["h023_the_same_key_with_another_body_is_422"])),
    ("H025", By(STATE, &["h025_a_refused_command_stores_nothing_and_its_key_runs_again"])),
    ("H026", By(STATE, &["h026_fifty_at_once_with_one_key_make_one_ticket"])),
    ("H026", By(CUSTODY, &["h026_the_same_key_at_the_same_moment_makes_one_ticket_and_one_comment_with_their_files"])),
    ("H027", By(KILLED, &["killed_at_twenty_random_points_nothing_is_lost_and_nothing_happens_twice"])),
    ("H028", By(KILLED, &["killed_at_twenty_random_points_nothing_is_lost_and_nothing_happens_twice"])),
    ("H029", By(CONTENTION, &["h029_an_answer_lost_after_the_commit_is_asked_for_again"])),
    ("H031", By(STATE, &["h031_an_expired_key_runs_again_although_its_item_is_still_there"])),
    ("H032", By(CONTENTION, &["h032_a_token_used_for_another_transaction_is_500_and_writes_nothing"])),
    ("H032", By(TEMPLATE, &["h032_an_answer_of_500_rings_though_no_function_failed"])),
    ("H033", By(STATE, &["h033_a_change_that_names_no_version_is_428"])),
    (
        "H034",
        By(
            STATE,
            &[
                "h034_a_change_that_names_another_version_is_412_with_the_one_in_force",
                "h034_a_verb_heeds_the_version_it_names",
            ],
        ),
    ),
    ("H035", By(CONTENTION, &["h035_thirty_two_writers_lose_no_update"])),
    ("H037", By(TABLE, &["h037_every_illegal_pair_of_the_state_table_is_refused_as_it_says_and_nothing_is_written"])),
    ("H038", By(STATE, &["h038_what_is_said_on_an_ended_ticket_is_refused_with_what_may_be_done"])),
    ("H039", Waived("tickets cannot be merged yet")),
    ("H040", Waived("tickets cannot be merged yet")),
    (
        "H041",
        By(
            CONTENTION,
            &[
                "h041_transactions_that_meet_are_tried_again_and_then_503",
                "h041_a_refresh_that_meets_others_is_tried_again_and_then_503_with_its_token_unspent",
            ],
        ),
    ),
    ("H043", Waived("no route changes many tickets at once yet")),
    ("H044", By(CONTENTION, &["h044_a_long_dialogue_stays_in_small_items_and_is_read_in_pages"])),
    ("H045", By(CONTENTION, &["h045_a_clock_that_goes_wrong_does_not_turn_the_order_of_events"])),
    ("H046", By(CONTENTION, &["h046_the_ticket_page_shows_what_one_wrote_while_the_lists_lag"])),
    ("H047", By(QUEUES, &["h047_what_is_delivered_ten_times_is_done_once"])),
    ("H049", By(QUEUES, &["h049_what_cannot_be_read_ends_as_a_dead_letter_and_its_neighbours_are_done_once"])),
    ("H049", By(DOORS, &["h049_of_ten_messages_only_the_poison_comes_again"])),
    ("H049", By(BATCHES, &["h049_only_the_poison_is_reported"])),
    ("H050", By(BATCHES, &["h050_a_panic_stays_with_its_message"])),
    ("H051", By(BATCHES, &["h051_what_there_is_no_time_for_is_given_back"])),
    ("H051", By(NOTICES, &["h051_what_a_slow_carrier_leaves_no_time_for_is_told_when_the_message_comes_again"])),
    ("H052", By(KILLED, &["killed_at_twenty_random_points_nothing_is_lost_and_nothing_happens_twice"])),
    ("H053", Waived("a function names no message: `queue` answers ids of the batch that it was given, and no others")),
    ("H055", By(QUEUES, &["h055_a_thousand_dead_letters_of_thirteen_days_ago_are_each_told_once"])),
    (
        "H056",
        By(
            QUEUES,
            &["h056_queues_that_are_away_for_ten_minutes_lose_nothing", "h056_why_a_queue_took_nothing_is_told"],
        ),
    ),
    ("H057", By(QUEUES, &["h057_of_a_batch_only_what_the_queue_did_not_take_is_sent_again"])),
    (
        "H058",
        By(
            QUEUES,
            &[
                "h058_a_backlog_that_two_work_off_leaves_no_dead_letter",
                "h058_how_many_work_is_the_queues_affair_so_nobody_is_turned_away",
            ],
        ),
    ),
    ("H058", By(TEMPLATE, &["h058_a_queue_is_held_back_by_its_mapping_and_never_by_its_function"])),
    (
        "H059",
        By(
            DOORS,
            &["h059_one_record_of_a_foreign_source_refuses_its_payload", "h059_a_payload_without_a_door_is_refused"],
        ),
    ),
    ("H061", By(NOTICES, &["h061_a_relay_that_died_before_it_noted_where_it_was_leads_to_no_second_mail"])),
    ("H062", By(NOTICES, &["h062_a_record_that_nobody_can_read_is_set_aside_and_what_is_behind_it_goes_on"])),
    (
        "H063",
        By(
            NOTICES,
            &[
                "h063_what_happened_while_nobody_read_the_stream_is_told_once_by_a_replay",
                "h063_a_replay_that_stops_half_way_says_where_to_go_on",
            ],
        ),
    ),
    (
        "H064",
        By(
            NOTICES,
            &[
                "h064_while_the_carrier_throttles_mail_waits_and_none_is_lost_or_sent_twice",
                "h064_while_no_connection_comes_about_mail_waits_and_arrives_once",
                "h064_that_a_mail_waits_is_noted_though_the_table_refuses_twice",
                "h064_a_mail_that_is_put_off_for_three_days_is_given_up",
            ],
        ),
    ),
    ("H064", By(CARRIER, &["h064_a_carrier_that_throttles_or_pauses_is_asked_again"])),
    ("H065", By(NOTICES, &["h065_a_mail_that_is_refused_has_failed_and_the_ticket_says_so"])),
    ("H065", By(CARRIER, &["h065_what_the_carrier_refuses_is_not_tried_again"])),
    (
        "H067",
        By(
            NOTICES,
            &[
                "h067_after_a_silence_the_mail_is_sent_once_more_under_the_same_reference",
                "h067_a_mail_that_is_confirmed_meanwhile_is_not_sent_again",
                "h067_what_is_heard_of_a_mail_is_believed_also_when_the_next_one_was_put_off",
                "h067_who_answers_that_they_are_away_confirms_the_mail",
                "h067_two_mails_are_the_most_there_ever_are",
            ],
        ),
    ),
    ("H067", By(CARRIER, &["h067_a_lost_answer_is_no_answer"])),
    (
        "H068",
        By(
            NOTICES,
            &[
                "h068_what_a_sender_was_sending_when_it_died_is_sent_after_a_silence",
                "h068_what_had_gone_out_when_its_sender_died_is_confirmed_by_the_carrier",
                "h068_what_fails_before_a_mail_is_handed_over_does_not_count_as_sent",
                "h068_what_a_mail_needs_is_looked_for_before_it_is_claimed",
            ],
        ),
    ),
    ("H069", By(NOTICES, &["h069_of_many_senders_one_sends"])),
    (
        "H070",
        By(
            NOTICES,
            &[
                "h070_whatever_order_the_carrier_tells_it_in_an_address_is_suppressed_once",
                "h070_a_bounce_is_believed_of_a_mail_that_was_given_up_unheard",
                "h070_a_bounce_that_overtakes_the_answer_stays",
            ],
        ),
    ),
    ("H071", By(NOTICES, &["h071_what_is_said_of_another_mail_or_another_address_changes_nothing"])),
    ("H073", By(NOTICES, &["h073_of_many_readers_the_one_whose_mail_fails_keeps_nobody_waiting"])),
    ("H073", By(SENDER, &["h073_a_letter_that_cannot_be_written_is_refused_for_its_reader_alone"])),
    ("H073", By(LETTERS, &["h073_a_letter_that_cannot_be_written_is_one_of_fifty"])),
    (
        "H074",
        By(
            NOTICES,
            &[
                "h074_one_deed_to_many_tickets_brings_ten_mails_an_hour_and_a_digest",
                "h074_what_one_deed_does_to_one_ticket_waits_for_nothing",
                "h074_a_large_digest_is_settled_part_by_part",
                "h074_a_digest_takes_one_place_of_the_next_hour_however_many_say_it",
            ],
        ),
    ),
    ("H075", By(LETTERS, &["h075_no_name_adds_a_header", "h158_no_subject_adds_a_header"])),
    ("H075", By(CONTENT, &["h158_a_line_break_or_a_comma_in_what_becomes_a_header_is_422"])),
    ("H076", By(TIMERS, &["h076_a_tick_that_comes_twice_tells_of_a_breach_once"])),
    (
        "H077",
        By(
            TIMERS,
            &[
                "h077_after_a_silence_of_three_hours_every_breach_is_found_as_of_its_due_time",
                "h077_a_tick_that_comes_three_hours_late_does_the_same",
                "h077_after_a_silence_the_requester_has_a_whole_day_before_what_is_resolved_closes",
            ],
        ),
    ),
    (
        "H079",
        By(
            TIMERS,
            &[
                "h079_a_message_for_a_clock_that_was_turned_meanwhile_does_nothing",
                "h079_a_message_for_a_promise_that_was_made_anew_meanwhile_does_nothing",
            ],
        ),
    ),
    ("H080", By(CALENDARS, &["h080_calendars_agree_with_counting_minute_by_minute"])),
    ("H081", By(TIMERS, &["h081_many_alarms_in_one_minute_are_acted_on_and_none_twice"])),
    ("H082", By(TIMERS, &["h082_an_alarm_that_is_not_in_the_index_yet_is_found_by_a_later_pass"])),
    (
        "H083",
        By(
            TIMERS,
            &[
                "h083_a_promise_of_nothing_of_less_or_of_more_than_ten_years_is_422",
                "h083_a_promise_that_holidays_put_off_for_more_than_ten_years_is_422",
            ],
        ),
    ),
    (
        "H085",
        By(
            TIMERS,
            &[
                "h085_a_policy_that_is_removed_is_kept_for_the_tickets_that_stand_by_it",
                "h085_an_alarm_that_cannot_be_acted_on_is_parked_with_its_reason",
            ],
        ),
    ),
    (
        "H086",
        By(
            SLOTS,
            &[
                "h086_a_sixth_file_finds_no_slot_and_six_are_not_attached",
                "h086_an_eleventh_picture_finds_no_slot_in_a_text",
            ],
        ),
    ),
    ("H087", By(SLOTS, &["h087_ten_at_once_get_exactly_five_slots"])),
    ("H088", By(SLOTS, &["h088_a_file_without_a_byte_or_with_too_many_is_422"])),
    (
        "H089",
        By(
            SLOTS,
            &[
                "h089_a_byte_more_is_refused_by_the_bucket_and_the_slot_is_free_again",
                "h089_whoever_says_so_too_late_has_no_slot_any_more",
            ],
        ),
    ),
    ("H091", By(KINDS, &["h091_what_is_no_picture_is_refused_whatever_it_is_called"])),
    (
        "H092",
        By(
            KINDS,
            &[
                "h092_of_a_file_that_is_two_things_at_once_one_is_handed_out",
                "h092_a_document_with_another_file_in_it_is_refused",
            ],
        ),
    ),
    (
        "H093",
        By(
            KINDS,
            &[
                "h093_types_that_run_are_415_before_anything_is_sent",
                "h093_what_runs_is_415_whatever_it_is_declared_as",
            ],
        ),
    ),
    ("H094", By(NAMES, &["h094_tricks_of_file_systems_are_422", "h094_what_can_be_cleaned_is_and_the_key_is_ours"])),
    ("H095", By(NAMES, &["h095_what_nobody_sees_hides_no_dot"])),
    ("H097", By(NAMES, &["h097_a_name_that_turns_around_is_422"])),
    ("H098", By(NAMES, &["h098_a_name_is_one_header_whatever_it_holds", "h098_a_line_break_in_a_name_is_422"])),
    ("H099", By(NAMES, &["h099_a_name_adds_no_tag_to_any_page_or_mail", "h099_a_tag_is_no_extension"])),
    (
        "H100",
        By(
            KINDS,
            &[
                "h100_what_bursts_is_refused_from_its_directory_alone",
                "h100_a_picture_that_would_fill_a_street_is_refused",
            ],
        ),
    ),
    ("H101", By(KINDS, &["h101_an_archive_that_leads_somewhere_else_is_refused"])),
    ("H103", By(KINDS, &["h103_a_file_that_is_cut_off_is_422_whatever_it_is", "h103_a_bit_that_turned_over_is_422"])),
    ("H103", By(FILMS, &["h103_a_film_that_is_cut_off_is_refused_wherever", "h103_no_flipped_bit_is_a_panic"])),
    ("H103", By(PDFS, &["h103_a_pdf_that_is_cut_off_is_refused_wherever", "h103_no_flipped_bit_is_a_panic"])),
    ("H104", By(KINDS, &["h104_nothing_tells_where_a_picture_was_taken"])),
    ("H105", By(KINDS, &["h105_what_a_document_names_is_never_asked_for"])),
    ("H106", By(KINDS, &["h106_the_test_file_of_virus_scanners_is_infected"])),
    (
        "H107",
        By(
            CUSTODY,
            &[
                "h107_what_was_sent_is_not_overwritten_before_it_is_looked_at",
                "h107_what_is_sent_after_it_was_looked_at_changes_nothing",
                "h107_an_address_leads_to_its_own_key_alone",
            ],
        ),
    ),
    ("H109", By(DOORS, &["h109_a_key_is_decoded_once"])),
    ("H110", By(CUSTODY, &["h110_an_event_of_a_foreign_bucket_or_key_is_thrown_away"])),
    ("H111", By(SLOTS, &["h111_a_file_that_is_gone_before_it_is_looked_at_is_missing_and_its_slot_is_free"])),
    ("H112", By(SLOTS, &["h112_completing_what_was_not_sent_is_409_and_changes_nothing"])),
    (
        "H113",
        By(
            CUSTODY,
            &[
                "h113_a_file_one_may_not_have_is_byte_for_byte_the_404_of_one_that_does_not_exist",
                "h113_an_address_is_good_for_a_minute_and_for_nothing_else",
                "h113_an_upload_is_its_senders_alone",
                "h113_only_ones_own_accepted_files_are_attached_and_each_once",
                "h113_a_file_that_two_tickets_want_at_once_goes_to_one",
            ],
        ),
    ),
    (
        "H115",
        By(
            CUSTODY,
            &[
                "h115_a_file_is_served_as_what_it_is_to_be_saved_by_the_buckets_own_host",
                "h115_only_a_picture_is_served_to_be_shown",
            ],
        ),
    ),
    ("H116", By(SLOTS, &["h116_whoever_uploads_more_than_so_much_a_day_gets_429"])),
    ("H152", Waived(NO_MAIL_IN)),
    ("H153", Waived(NO_MAIL_IN)),
    ("H154", Waived(NO_MAIL_IN)),
    (
        "H155",
        By(
            CONTENT,
            &[
                "h155_what_people_type_adds_no_tag_to_any_page_or_mail",
                "h155_what_people_type_comes_back_as_json_that_no_browser_renders",
            ],
        ),
    ),
    ("H157", By(CONTENT, &["h157_what_looks_like_a_template_stays_as_it_is"])),
    ("H158", By(CONTENT, &["h158_a_line_break_or_a_comma_in_what_becomes_a_header_is_422"])),
    (
        "H159",
        By(
            CONTENT,
            &[
                "h159_no_subject_or_name_turns_what_stands_beside_it",
                "h159_identifiers_with_turning_characters_are_refused",
            ],
        ),
    ),
    ("H160", Waived("nobody can register as an agent yet")),
    ("H161", Waived("nothing is exported as CSV yet")),
    ("H163", Waived("no text is searched for links: pages and mails show it as it is")),
    ("H164", Waived("there is no search yet")),
    ("H165", By(CONTENT, &["h165_what_looks_like_an_expression_is_a_value_or_422"])),
    ("H166", By(LOGS, &["h166_whatever_is_sent_makes_one_line_without_a_byte_that_a_terminal_obeys"])),
    ("H166", By(TELEMETRY, &["h166_whatever_is_told_is_one_line_without_a_character_that_a_terminal_obeys"])),
    (
        "H167",
        By(
            ROLES,
            &[
                "h167_each_role_may_do_with_a_ticket_what_the_table_says",
                "h167_each_role_may_do_with_files_what_the_table_says",
                "h167_each_role_may_do_with_promises_what_the_table_says",
                "h167_each_role_may_do_with_the_rest_what_the_table_says",
                "h167_no_route_is_missing_from_the_tables",
            ],
        ),
    ),
    ("H167", By(AUTHORIZATION, &["h167_a_hidden_ticket_is_byte_for_byte_the_404_of_one_that_does_not_exist"])),
    ("H169", By(AUTHORIZATION, &["h169_a_note_never_reaches_a_customer"])),
    ("H170", By(AUTHORIZATION, &["h170_what_is_not_a_requesters_to_set_is_422"])),
    ("H171", By(AUTHORIZATION, &["h171_a_verb_on_an_unseen_ticket_is_404"])),
    ("H172", By(AUTHORIZATION, &["h172_nobody_gives_themselves_a_role"])),
    ("H173", By(AUTHORIZATION, &["h173_people_are_shown_with_the_fields_that_are_listed_here_and_no_other"])),
    ("H175", Waived("no route changes many tickets at once yet")),
    ("H176", By(AUTHORIZATION, &["h176_whoever_guesses_numbers_gets_404_and_then_429"])),
    ("H177", By(AUTHORIZATION, &["h177_what_can_be_called_without_signing_in_is_what_is_listed_here"])),
    ("H178", By(AUTHORIZATION, &["h178_nothing_is_left_open_for_whoever_set_the_desk_up"])),
    ("H179", By(AUTHORIZATION, &["h179_a_link_that_is_none_of_ours_or_has_expired_opens_the_same_404"])),
    (
        "H179",
        By(
            PASSWORDS,
            &[
                "h179_a_token_that_is_none_of_ours_sets_no_password",
                "h179_a_link_counts_once_however_many_use_it_at_the_same_time",
                "h179_the_links_of_earlier_mails_end_with_the_one_that_is_used",
                "h179_the_links_of_earlier_mails_end_with_the_one_that_makes_the_first_admin",
            ],
        ),
    ),
    (
        "H179",
        By(
            LINKS,
            &[
                "h179_what_is_no_link_of_ours_is_none",
                "h179_no_byte_of_a_link_may_differ",
                "h179_no_byte_of_a_link_to_set_a_password_may_differ",
            ],
        ),
    ),
    ("H181", By(PASSWORDS, &["h181_asking_for_a_password_tells_nobody_which_addresses_are_known"])),
    ("H181", By(RESETS, &["h181_of_an_address_that_nobody_has_nothing_comes"])),
    ("H181", By(HASHES, &["h181_without_an_account_a_hash_is_computed_all_the_same"])),
    ("H184", By(SESSIONS, &["h184_of_many_wrong_passwords_at_once_only_ten_are_looked_at"])),
    (
        "H185",
        By(
            PASSWORDS,
            &["h185_passwords_are_taken_verbatim", "h185_a_password_that_is_none_is_422_and_the_link_still_counts"],
        ),
    ),
    ("H185", By(HASHES, &["h185_passwords_are_taken_verbatim", "h185_new_passwords_are_measured_and_not_changed"])),
    ("H189", By(LOGS, &["h189_a_token_in_a_query_is_ignored_and_not_told"])),
    ("H190", By(SESSIONS, &["h190_a_refresh_token_counts_once_and_used_again_later_it_ends_the_sign_in"])),
    ("H190", Waived("that it ended is told to nobody yet: no event says so, for a sign-in is no subject of events")),
    ("H191", By(SESSIONS, &["h191_signing_out_ends_both_tokens_at_once"])),
    ("H191", By(PASSWORDS, &["h191_a_new_password_ends_every_sign_in_at_once"])),
    ("H193", By(PASSWORDS, &["h193_a_forged_host_does_not_change_where_a_link_leads"])),
    ("H194", By(PASSWORDS, &["h194_of_a_hundred_requests_in_an_hour_three_are_mailed"])),
    ("H197", By(PASSWORDS, &["h197_a_form_on_the_page_of_somebody_else_sets_no_password"])),
    ("H197", By(FORMS, &["h197_only_a_page_of_the_desk_or_nobody_sends_a_form"])),
    (
        "H232",
        By(
            LOGS,
            &[
                "h232_no_log_line_holds_what_people_typed_or_secrets",
                "h232_a_line_says_to_which_request_and_ticket_it_belongs",
            ],
        ),
    ),
    ("H232", By(DOORS, &["h232_a_payload_that_cannot_be_read_is_not_quoted"])),
    ("H232", By(KEYS, &["h232_a_key_with_an_address_does_not_show_it"])),
    ("H232", By(BODY, &["h232_of_a_body_only_its_length_is_shown"])),
    ("H232", By(CALL, &["h232_of_a_call_only_its_method_is_shown"])),
    ("H236", By(OUTAGES, &["h236_a_table_that_is_slow_silent_or_away_is_503_in_time_and_loses_nothing"])),
    ("H237", By(OUTAGES, &["h237_files_that_are_out_of_reach_are_503_and_cost_no_slot"])),
    (
        "H241",
        By(
            TEMPLATE,
            &[
                "h241_functions_read_what_the_template_gives_them_and_nothing_else",
                "h241_what_is_wrong_with_a_parameter_is_said_before_anything_is_deployed",
            ],
        ),
    ),
    (
        "H241",
        By(
            PARAMETERS,
            &[
                "h241_what_is_no_address_for_functions_is_not_deployed",
                "h241_what_is_no_tick_for_functions_is_not_deployed",
            ],
        ),
    ),
    (
        "H242",
        By(
            POLICIES,
            &[
                "h242_a_function_may_do_what_it_does_and_nothing_else",
                "h242_a_schedule_may_call_what_it_calls_and_nothing_else",
                "h242_no_policy_allows_whatever_there_is",
                "h242_every_function_has_a_role_of_its_own_that_nobody_else_takes",
                "h242_whoever_is_let_in_from_outside_is_one_resource_of_this_account",
            ],
        ),
    ),
    (
        "H243",
        By(
            TEMPLATE,
            &[
                "h243_a_bucket_is_private_encrypted_and_reached_by_tls_alone",
                "h243_what_is_kept_is_kept_from_being_lost_and_what_is_not_ends",
            ],
        ),
    ),
];

/// The tests that a case names, each with its file.
fn named() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    CASES.into_iter().flat_map(|(case, covered)| {
        let (file, tests): (&str, &[&str]) = match covered {
            By(file, tests) => (file, tests),
            Waived(_) => ("", &[]),
        };
        tests.iter().map(move |test| (case, file, *test))
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The functions of a file, by their names, wherever they stand in it.
fn functions(file: &str) -> io::Result<BTreeSet<String>> {
    let text = fs::read_to_string(root().join(file))?;
    let lines = text.lines().map(str::trim_start);
    let begun = lines.filter_map(|line| line.strip_prefix("async fn ").or_else(|| line.strip_prefix("fn ")));
    Ok(begun.filter_map(|rest| rest.split('(').next()).map(str::to_owned).collect())
}

#[test]
fn every_test_that_is_named_exists() {
    for (case, file, test) in named() {
        let functions = functions(file).unwrap_or_else(|error| panic!("{file}: {error}"));
        assert!(functions.contains(test), "{case}: there is no {test} in {file}");
    }
}

#[test]
fn every_test_of_these_files_is_named() {
    let named: BTreeSet<_> = named().map(|(_, _, test)| test.to_owned()).collect();
    for file in [
        BODIES,
        EDGE,
        QUEUES,
        NOTICES,
        PASSWORDS,
        OUTAGES,
        LOGS,
        STATE,
        CONTENTION,
        TIMERS,
        CALENDARS,
        SLOTS,
        NAMES,
        KINDS,
        CUSTODY,
        CONTENT,
        AUTHORIZATION,
        ROLES,
        SESSIONS,
        TEMPLATE,
        PARAMETERS,
        POLICIES,
    ] {
        let functions = functions(file).unwrap();
        let is_of_a_case = |name: &String| ["h0", "h1", "h2"].iter().any(|digit| name.starts_with(digit));
        let tests = functions.into_iter().filter(is_of_a_case);
        let unnamed: Vec<_> = tests.filter(|test| !named.contains(test)).collect();
        assert!(unnamed.is_empty(), "{file}: {unnamed:?}");
    }
}

#[test]
fn every_case_is_covered_or_waived_for_a_reason() {
    let cases: Vec<_> = CASES.iter().map(|(case, _)| *case).collect();
    assert!(cases.is_sorted(), "{cases:?}");
    let of = |from: &str, to: &str| {
        cases.iter().filter(|case| from <= **case && **case <= to).collect::<BTreeSet<_>>().len()
    };
    let groups = [
        of("H001", "H020"),
        of("H022", "H046"),
        of("H047", "H059"),
        of("H061", "H075"),
        of("H076", "H085"),
        of("H086", "H116"),
        of("H152", "H166"),
        of("H167", "H179"),
    ];
    assert_eq!(groups, [17, 21, 11, 13, 8, 26, 13, 11], "HTTP to attachments, content, authorization");
    for (case, covered) in CASES {
        let says = match covered {
            By(_, tests) => !tests.is_empty(),
            Waived(reason) => reason.len() > 10,
        };
        assert!(says, "{case}");
    }
}
