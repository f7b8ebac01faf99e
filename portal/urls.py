from django.urls import path

from portal.views import desk, drawn, public, published, trail

app_name = "portal"

urlpatterns = [
    path("", public.home, name="home"),
    path("workbench/", desk.workbench, name="workbench"),
    path("search/", desk.search, name="search"),
    path("open/", public.call_list, name="public_calls"),
    path("open/<slug:number>/", public.call_detail, name="public_call"),
    path("notices/", published.notice_list, name="public_notices"),
    path("notices/<slug:number>.csv", published.notice_table, name="notice_table"),
    path("notices/<slug:number>/", published.notice_detail, name="public_notice"),
    path("results/", published.result_list, name="public_results"),
    path("results/<slug:number>.csv", published.result_table, name="result_table"),
    path("results/<slug:number>/", published.result_detail, name="public_result"),
    path("allocations/<int:pk>/", published.allocation_detail, name="public_allocation"),
    path("allocations/<int:pk>.csv", published.allocation_table, name="allocation_table"),
    path("drawn/verify-draw", drawn.verifier, name="verifier"),
    path("drawn/<slug:number>/", drawn.draw_detail, name="public_draw"),
    path("drawn/<slug:number>.json", drawn.draw_certificate, name="draw_certificate"),
    path("verify/", public.verify, name="verify"),
    path("accessibility/", public.statement, {"page": "accessibility"}, name="accessibility"),
    path("privacy/", public.statement, {"page": "privacy"}, name="privacy"),
    path("trail/", trail.trail, name="trail"),
    path("trail/verification/", trail.verification, name="verification"),
    path("trail/<int:pk>/", trail.event, name="event"),
]
