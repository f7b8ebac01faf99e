"""The pages of officers and supervisors."""

from django.urls import path

from reviews.views import certainty, draws, entry, naming, panels, pool, progress, quorum, ranking

urlpatterns = [
    path("pool/", pool.pool, name="pool"),
    path("pool/admit/", pool.admit, name="pool_admit"),
    path("pool/<str:pseudonym>/", pool.expert, name="expert"),
    path("pool/<str:pseudonym>/edit/", pool.edit, name="expert_edit"),
    path("pool/<str:pseudonym>/ties/", pool.add_interest, name="expert_tie"),
    path("panels/", panels.calls, name="panels"),
    path("panels/<str:number>/", panels.panels, name="call_panels"),
    path("panels/<str:number>/form/", panels.form, name="form_panels"),
    path("panels/<str:number>/dossiers/<int:pk>/move/", panels.move, name="move_dossier"),
    path("panels/<str:number>/<int:panel>/seats/", panels.seats, name="panel_seats"),
    path("panels/<str:number>/named/", naming.named, name="named"),
    path("panels/<str:number>/named/<int:pk>/<str:pseudonym>/", naming.decide, name="decide_named"),
    path("draws/", draws.draws, name="draws"),
    path("draws/new/<str:number>/", draws.prepare, name="draw_prepare"),
    path("draws/<str:number>/", draws.draw, name="draw"),
    path("draws/<str:number>/number/", draws.seal, name="draw_seal"),
    path("draws/<str:number>/reveal/", draws.reveal, name="draw_reveal"),
    path("draws/<str:number>/press/", draws.press, name="draw_press"),
    path("draws/<str:number>/void/", draws.void, name="draw_void"),
    path("draws/<str:number>/seats/<int:pk>/next/", draws.pass_over, name="pass_over"),
    path("draws/<str:number>/certificate.json", draws.certificate, name="draw_certificate"),
    path("progress/<str:number>/", progress.progress, name="progress"),
    path("progress/<str:number>/open/", progress.open_scoring, name="open_scoring"),
    path("progress/<str:number>/extend/", progress.extend, name="extend_scoring"),
    path("progress/<str:number>/close/", progress.close, name="close_scoring"),
    path("progress/<str:number>/shortfall/", quorum.propose, name="shortfall_new"),
    path("shortfalls/<int:pk>/", quorum.shortfall, name="shortfall"),
    path("ranking/", ranking.calls, name="ranking_list"),
    path("ranking/decisions/<int:pk>/confirm/", ranking.confirm_tie, name="confirm_tie"),
    path("ranking/<str:number>/", ranking.ranking, name="ranking"),
    path("ranking/<str:number>/certainty/", certainty.certainty, name="certainty"),
    path("ranking/<str:number>/compute/", ranking.compute, name="compute_ranking"),
    path("ranking/<str:number>/ties/", ranking.propose_tie, name="propose_tie"),
    path("ranking/<str:number>/dossiers/<int:pk>/", entry.entry, name="ranking_entry"),
    path("ranking/<str:number>/export/<str:kind>", ranking.export, name="ranking_export"),
]
