"""What may be broken past all triggers, by SQL, and the line that must tell of it."""

PERMISSION = "applications_applicationuserobjectpermission"
OTHER_FILE = "the file {1} in the store is not the one the digest was taken of"
OTHER_SEAT = (
    "its seat is another expert's or of another panel, or its submission is of another dossier"
)
# What is broken: the check that finds it, the statement, and the line with the columns it returns.
BROKEN = {
    "a balance": (
        "awards.balances",
        """UPDATE awards_envelope SET available = available - 1, reserved = reserved + 1
           WHERE id = (SELECT MIN(id) FROM awards_envelope WHERE available > 1)
           RETURNING id, available, reserved, available + 1, reserved - 1""",
        """awards_envelope {0}: available is {1}, its entries total {3}
awards_envelope {0}: reserved is {2}, its entries total {4}""",
    ),
    "an entry taken out": (
        "awards.balances",
        """WITH gone AS (DELETE FROM awards_ledgerentry WHERE id = (
               SELECT MAX(id) FROM awards_ledgerentry WHERE kind = 'paid') RETURNING *)
           SELECT v.id, v.committed, v.committed + gone.amount, v.paid, v.paid - gone.amount
           FROM awards_envelope v JOIN gone ON gone.envelope_id = v.id""",
        """awards_envelope {0}: committed is {1}, its entries total {2}
awards_envelope {0}: paid is {3}, its entries total {4}""",
    ),
    "an award": (
        "awards.taken",
        """UPDATE awards_award a SET amount = a.amount + 1 FROM awards_envelope v
           WHERE a.id = (SELECT MIN(id) FROM awards_award WHERE revoked_at IS NULL
                         AND accepted_at IS NULL) AND v.id = a.envelope_id
           RETURNING v.id, v.committed + v.paid + v.recovered,
                     v.committed + v.paid + v.recovered + 1""",
        "awards_envelope {0}: awards have taken {1} of it, they total {2}",
    ),
    "a ceiling": (
        "awards.ceiling",
        """WITH low AS (UPDATE applications_scheme SET annual_limit = 1 RETURNING id, annual_limit)
           SELECT v.id, v.ceiling, low.annual_limit
           FROM awards_envelope v JOIN low ON low.id = v.scheme_id WHERE v.ceiling > 1
           ORDER BY v.id""",
        "awards_envelope {0}: the ceiling is {1}, the scheme allows {2} a year",
    ),
    "an instalment": (
        "awards.instalments",
        """UPDATE awards_instalment n SET amount = n.amount + 1 FROM awards_award a
           WHERE n.id = (SELECT MIN(id) FROM awards_instalment) AND a.id = n.award_id
           RETURNING a.id, a.amount, a.amount + 1""",
        "awards_award {0}: {1} awarded, its instalments total {2}",
    ),
    "what will not be paid": (
        "awards.cuts",
        """UPDATE awards_instalment n SET cut = n.cut + 1 FROM awards_award a
           WHERE n.id = (SELECT MIN(id) FROM awards_instalment) AND a.id = n.award_id
           RETURNING a.id, a.cut, a.cut + 1""",
        "awards_award {0}: {1} will not be paid, its instalments say {2}",
    ),
    "a sum paid": (
        "awards.paid",
        """UPDATE awards_award SET paid = paid - 1
           WHERE id = (SELECT MIN(id) FROM awards_award WHERE paid > 1 AND accepted_at IS NULL)
           RETURNING id, paid, paid + 1""",
        "awards_award {0}: {1} paid, its vouchers total {2}",
    ),
    "a payment": (
        "awards.payments",
        """UPDATE awards_payment SET amount = amount + 1
           WHERE id = (SELECT MIN(id) FROM awards_payment) RETURNING id, amount, amount - 1""",
        "awards_payment {0}: {1} to pay, its instalment is {2}",
    ),
    "a repayment taken out": (
        "awards.recovered",
        """WITH gone AS (DELETE FROM awards_repayment WHERE id = (
               SELECT MIN(id) FROM awards_repayment WHERE confirmed_at IS NOT NULL) RETURNING *)
           SELECT v.id, v.recovered, v.recovered - gone.principal
           FROM gone JOIN awards_clawback c ON c.id = gone.clawback_id
           JOIN awards_award a ON a.id = c.award_id JOIN awards_envelope v ON v.id = a.envelope_id
        """,
        "awards_envelope {0}: {1} recovered, the confirmed repayments total {2}",
    ),
    "a claim of another": (
        "awards.claims",
        """UPDATE awards_claim SET verified_by_id = NULL, verified_at = NULL, verification = ''
           WHERE id = (SELECT claim_id FROM awards_payment ORDER BY id LIMIT 1)
           RETURNING (SELECT MIN(id) FROM awards_payment)""",
        "awards_payment {0}: its claim is of another instalment, or was not verified",
    ),
    "an instalment's state": (
        "awards.states",
        """UPDATE awards_instalment SET status = 'entered'
           WHERE id = (SELECT MIN(instalment_id) FROM awards_payment WHERE voucher_no <> '')
           RETURNING id""",
        "awards_instalment {0}: it says “entered”, its payment “paid”",
    ),
    "a submission's version": (
        "applications.submissions",
        """UPDATE applications_submission SET version = 7 WHERE id = (
               SELECT MIN(id) FROM applications_submission WHERE application_id NOT IN (
                   SELECT application_id FROM applications_submission WHERE version > 1))
           RETURNING application_id""",
        "applications_application {0}: 1 submission, the last is version 7",
    ),
    "a submission taken out": (
        "applications.submissions",
        """DELETE FROM applications_submission WHERE id = (
               SELECT MIN(id) FROM applications_submission WHERE application_id NOT IN (
                   SELECT application_id FROM applications_submission WHERE version > 1))
           RETURNING application_id""",
        "applications_application {0}: 0 submissions, the last of them is version 0",
    ),
    "two dossiers of one project": (
        "applications.dossiers",
        """DROP INDEX one_live_dossier_per_title;
           UPDATE applications_application b SET title = a.title, call_id = a.call_id,
               firm_id = a.firm_id
           FROM (SELECT * FROM applications_application WHERE status <> 'withdrawn'
                 ORDER BY id LIMIT 1) a
           WHERE b.id = (SELECT MAX(id) FROM applications_application WHERE status <> 'withdrawn')
           RETURNING a.id, b.id""",
        "applications_application {0}: not withdrawn, nor is {1} of the same call, firm and title",
    ),
    "two corrections at once": (
        "applications.corrections",
        """INSERT INTO applications_correctionrequest
               (application_id, stage, reasons, due_at, provisional, requested_by_id, requested_at)
           SELECT a.id, s, '[]', now() + interval '1 day', false, a.created_by_id, now()
           FROM (SELECT * FROM applications_application WHERE id NOT IN (
                     SELECT application_id FROM applications_correctionrequest)
                 ORDER BY id LIMIT 1) a, unnest(ARRAY['region', 'screening']) s
           RETURNING application_id""",
        "applications_application {0}: 2 corrections are asked for at once",
    ),
    "a firm's permission taken": (
        "applications.permissions.missing",
        f"""DELETE FROM {PERMISSION} WHERE id = (SELECT MIN(o.id) FROM {PERMISSION} o
                JOIN auth_permission p ON p.id = o.permission_id
                WHERE p.codename = 'edit_application')
            RETURNING user_id, content_object_id""",
        PERMISSION + " {0}.{1}.edit_application: the permission is missing",
    ),
    "a stranger's permission": (
        "applications.permissions.astray",
        f"""INSERT INTO {PERMISSION} (user_id, content_object_id, permission_id)
            SELECT (SELECT id FROM accounts_user WHERE username = 'officer'),
                   (SELECT MIN(id) FROM applications_application), id
            FROM auth_permission WHERE codename = 'view_application'
            RETURNING user_id, content_object_id""",
        PERMISSION + " {0}.{1}.view_application: nothing gives this permission",
    ),
    "an attachment's digest": (
        "applications.attachments",
        """UPDATE applications_attachment SET digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM applications_attachment) RETURNING id, file""",
        "applications_attachment {0}: " + OTHER_FILE,
    ),
    "an attachment's file": (
        "applications.attachments",
        """UPDATE applications_attachment SET file = 'dossiers/none.pdf'
           WHERE id = (SELECT MIN(id) FROM applications_attachment) RETURNING id, file""",
        "applications_attachment {0}: the file {1} is not in the store",
    ),
    "a claim's file": (
        "awards.claim_files",
        """UPDATE awards_claimfile SET digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM awards_claimfile) RETURNING id, file""",
        "awards_claimfile {0}: " + OTHER_FILE,
    ),
    "an audit report": (
        "awards.audit_reports",
        """UPDATE awards_acceptance SET report_digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM awards_acceptance) RETURNING id, report""",
        "awards_acceptance {0}: " + OTHER_FILE,
    ),
    "a signed agreement": (
        "awards.signatures",
        """UPDATE awards_signature SET file = 'agreements/none.pdf'
           WHERE id = (SELECT MIN(id) FROM awards_signature) RETURNING id, file""",
        "awards_signature {0}: the file {1} is not in the store",
    ),
    "the minutes' paper": (
        "awards.minutes_files",
        """UPDATE awards_minutes SET digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM awards_minutes) RETURNING id, file""",
        "awards_minutes {0}: " + OTHER_FILE,
    ),
    "proof of an objection": (
        "awards.objection_files",
        """UPDATE awards_objectionfile SET file = 'objections/none.pdf'
           WHERE id = (SELECT MIN(id) FROM awards_objectionfile) RETURNING id, file""",
        "awards_objectionfile {0}: the file {1} is not in the store",
    ),
    "the treasury's file": (
        "awards.treasury_files",
        """UPDATE awards_treasuryanswer SET digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM awards_treasuryanswer) RETURNING id, file""",
        "awards_treasuryanswer {0}: " + OTHER_FILE,
    ),
    "a batch given up": (
        "awards.batches",
        """UPDATE awards_paymentbatch b SET status = 'dissolved', sent_by_id = NULL,
               sent_at = NULL, settled_at = NULL
           WHERE id = (SELECT MIN(id) FROM awards_paymentbatch)
           RETURNING id, (SELECT COUNT(*) FROM awards_batchline l
                          WHERE l.batch_id = b.id AND l.left_at IS NULL)""",
        "awards_paymentbatch {0}: it is “dissolved” and still holds payments: {1}",
    ),
    "a row of an answer": (
        "awards.answers",
        """UPDATE awards_answerline SET amount = amount + 1
           WHERE id = (SELECT MIN(id) FROM awards_answerline WHERE finding = 'right')
           RETURNING id, amount, voucher_no, amount - 1""",
        ("awards_answerline {0}: the treasury says {1} by voucher {2}, recorded are {3} by {2}"),
    ),
    "evidence from the spot": (
        "reviews.evidence",
        """UPDATE reviews_siteevidence SET file = 'site/none.jpg'
           WHERE id = (SELECT MIN(id) FROM reviews_siteevidence) RETURNING id, file""",
        "reviews_siteevidence {0}: the file {1} is not in the store",
    ),
    "a workbook": (
        "reviews.imports",
        """UPDATE reviews_sheetimport SET digest = repeat('0', 64)
           WHERE id = (SELECT MIN(id) FROM reviews_sheetimport) RETURNING id, file""",
        "reviews_sheetimport {0}: " + OTHER_FILE,
    ),
    "a signed page": (
        "reviews.scans",
        """UPDATE reviews_sheetimport SET scan = 'sheets/none.pdf'
           WHERE id = (SELECT MIN(id) FROM reviews_sheetimport WHERE scan <> '')
           RETURNING id, scan""",
        "reviews_sheetimport {0}: the file {1} is not in the store",
    ),
    "marks that are gone": (
        "reviews.unmarked",
        """DELETE FROM reviews_mark WHERE assignment_id = (
               SELECT MIN(id) FROM reviews_assignment WHERE state = 'finished')
           RETURNING assignment_id""",
        "reviews_assignment {0}: it is “finished” without a single mark",
    ),
    "a mark of nobody": (
        "reviews.marks",
        """UPDATE reviews_mark SET assignment_id = 0
           WHERE id = (SELECT MIN(id) FROM reviews_mark) RETURNING id""",
        "reviews_mark {0}: it belongs to no assignment, or to one whose dossier was never opened",
    ),
    "an assignment of another": (
        "reviews.seats",
        """UPDATE reviews_assignment SET submission_id = (
               SELECT MIN(id) FROM applications_submission s
               WHERE s.application_id <> reviews_assignment.application_id)
           WHERE id = (SELECT MIN(id) FROM reviews_assignment) RETURNING id""",
        "reviews_assignment {0}: " + OTHER_SEAT,
    ),
    "a sheet of another": (
        "reviews.sheets",
        """UPDATE reviews_assignment a SET sheet_id = (
               SELECT MIN(s.id) FROM reviews_scoresheet s WHERE s.expert_id <> a.expert_id)
           WHERE id = (SELECT MIN(id) FROM reviews_assignment WHERE state = 'locked')
           RETURNING id""",
        "reviews_assignment {0}: it is locked without a sheet of its own expert, panel and stage",
    ),
    "an expert's permission taken": (
        "reviews.permissions.missing",
        f"""DELETE FROM {PERMISSION} o USING reviews_assignment a, reviews_expert e,
                auth_permission p
            WHERE a.id = (SELECT MIN(id) FROM reviews_assignment WHERE state = 'open')
              AND e.id = a.expert_id AND o.user_id = e.user_id
              AND o.content_object_id = a.application_id
              AND p.id = o.permission_id AND p.codename = 'score_application'
            RETURNING o.user_id, o.content_object_id""",
        PERMISSION + " {0}.{1}.score_application: the permission is missing",
    ),
    "a permission to score": (
        "reviews.permissions.astray",
        f"""INSERT INTO {PERMISSION} (user_id, content_object_id, permission_id)
            SELECT (SELECT id FROM accounts_user WHERE username = 'officer'),
                   (SELECT MIN(id) FROM applications_application), id
            FROM auth_permission WHERE codename = 'score_application'
            RETURNING user_id, content_object_id""",
        PERMISSION + " {0}.{1}.score_application: nothing gives this permission",
    ),
    "a secretary's permission taken": (
        "secretaries.permissions.missing",
        f"""DELETE FROM {PERMISSION} WHERE id = (SELECT MIN(o.id) FROM {PERMISSION} o
                JOIN auth_permission p ON p.id = o.permission_id
                WHERE p.codename = 'serve_application')
            RETURNING user_id, content_object_id""",
        PERMISSION + " {0}.{1}.serve_application: the permission is missing",
    ),
    "a permission to serve": (
        "secretaries.permissions.astray",
        f"""INSERT INTO {PERMISSION} (user_id, content_object_id, permission_id)
            SELECT (SELECT id FROM accounts_user WHERE username = 'officer'),
                   (SELECT MIN(id) FROM applications_application), id
            FROM auth_permission WHERE codename = 'serve_application'
            RETURNING user_id, content_object_id""",
        PERMISSION + " {0}.{1}.serve_application: nothing gives this permission",
    ),
    "a stuck delivery": (
        "notifications.deliveries.stuck",
        """UPDATE notifications_delivery SET state = 'pending', done_at = NULL,
               due_at = '2020-01-02 03:04+08'
           WHERE id = (SELECT MIN(id) FROM notifications_delivery) RETURNING id""",
        "notifications_delivery {0}: due since 2020-01-02 03:04 and still waiting",
    ),
    "a stuck job": (
        "notifications.jobs.stuck",
        """UPDATE notifications_job SET state = 'pending', done_at = NULL,
               due_at = '2020-01-02 03:04+08'
           WHERE id = (SELECT MIN(id) FROM notifications_job) RETURNING id""",
        "notifications_job {0}: due since 2020-01-02 03:04 and still waiting",
    ),
    "a line that no mail told": (
        "notifications.digests.untold",
        """WITH old AS (UPDATE notifications_message SET created_at = '2020-01-02 03:04+08'
               WHERE id = (SELECT MIN(id) FROM notifications_message) RETURNING id)
           INSERT INTO notifications_digestline (message_id) SELECT id FROM old RETURNING id""",
        (
            "notifications_digestline {0}: written on 2020-01-02 03:04,"
            " and no mail of the day has told it"
        ),
    ),
    "a delivery delivered never": (
        "notifications.deliveries.settled",
        """UPDATE notifications_delivery SET state = 'done', done_at = NULL
           WHERE id = (SELECT MIN(id) FROM notifications_delivery) RETURNING id""",
        "notifications_delivery {0}: it is “done”, but says otherwise when that came about",
    ),
    "a job done never": (
        "notifications.jobs.settled",
        """UPDATE notifications_job SET state = 'done', done_at = NULL
           WHERE id = (SELECT MIN(id) FROM notifications_job) RETURNING id""",
        "notifications_job {0}: it is “done”, but says otherwise when that came about",
    ),
}
TWICE = {
    "notifications_message": (
        "notifications.messages.once",
        """INSERT INTO notifications_message
               (key, kind, recipient_id, context, url, object_type, object_id)
           SELECT key, kind, recipient_id, context, url, object_type, object_id
           FROM notifications_message ORDER BY id LIMIT 1""",
    ),
    "notifications_delivery": (
        "notifications.deliveries.once",
        """INSERT INTO notifications_delivery (message_id, channel, state, attempts, error)
           SELECT message_id, channel, 'pending', 0, '' FROM notifications_delivery
           ORDER BY id LIMIT 1""",
    ),
    "notifications_job": (
        "notifications.jobs.once",
        """INSERT INTO notifications_job (key, task, payload, state, attempts, error)
           SELECT key, task, payload, 'pending', 0, '' FROM notifications_job
           ORDER BY id LIMIT 1""",
    ),
}
