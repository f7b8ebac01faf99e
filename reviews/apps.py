from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "reviews"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from applications import panels
        from audit import invariants, witnesses
        from calendars.signals import year_published
        from reviews import invariants as rules
        from reviews import (
            messages,
            points,
            site_messages,
            site_panels,
            site_witnessing,
            witnessing,
        )
        from reviews import panels as own
        from reviews.services import site_recounts

        messages.register_all()
        site_messages.register_all()
        panels.register_points(points.points_of)
        panels.register(390, own.hearing_panel)
        panels.register(400, own.points_panel)
        panels.register(410, site_panels.site_panel)
        year_published.connect(site_recounts.on_year_published, dispatch_uid="reviews.recounts")
        witnesses.register("score sheets", witnessing.sheets)
        witnesses.register("sheets filled offline", witnessing.imports)
        witnesses.register("recusals", witnessing.recusals)
        witnesses.register("draws", witnessing.draws)
        witnesses.register("site checks", site_witnessing.site_checks)
        witnesses.register("rankings", witnessing.rankings)
        witnesses.register("shortlists", witnessing.shortlists)
        witnesses.register("analyses", witnessing.analyses)
        invariants.register_all(rules.RULES)
        witnesses.register("statements of points", witnessing.statements)
